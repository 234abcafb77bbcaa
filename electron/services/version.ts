/** The version of this program, from its package.json: sources and what is compiled from them lie at different depths. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const packageSchema = z.object({ version: z.string() });

export function ownVersion(): string {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder)) && folder.pathname !== '/')
    folder = new URL('..', folder);
  return packageSchema.parse(JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'))).version;
}
