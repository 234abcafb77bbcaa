/** Where the checkout lies, for a module of the lab that runs from its source (in tests) or compiled (in programs). */
import { fileURLToPath } from 'node:url';

const up = import.meta.url.includes('/dist/test/lab/') ? '../../../' : '../../';

/** The path of something in the checkout, by its path from the top. */
export function inCheckout(path: string): string {
  return fileURLToPath(new URL(up + path, import.meta.url));
}
