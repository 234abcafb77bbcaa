/** A module of the renderer, which only its own build compiles, for a program that runs without a browser. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { inCheckout } from '../lab/checkout.js';

/** `path`: of the TypeScript file, from `renderer/`; it may need no component. The caller names its type. */
export async function rendererModule(path: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-renderer-'));
  const name = `${basename(path, '.ts')}.mjs`;
  try {
    await build({
      root: inCheckout(''),
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      ssr: { noExternal: true },
      build: {
        ssr: inCheckout(join('renderer', path)),
        outDir: folder,
        emptyOutDir: true,
        minify: false,
        target: 'node20',
        rolldownOptions: { output: { entryFileNames: name } },
      },
    });
    return (await import(pathToFileURL(join(folder, name)).href)) as unknown;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
