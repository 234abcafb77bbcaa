// Bundles the preload script to one CommonJS file, dist/electron/preload/preload.cjs: a sandboxed preload can neither import
// modules nor be one (https://www.electronjs.org/docs/latest/tutorial/esm#preload-scripts). Of the contract it needs the
// names of the operations alone; they are taken from the compiled contract here, so that its schemas stay out of the bundle.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

const top = join(import.meta.dirname, '..');

export async function buildPreload() {
  const { appOperationNames } = await import(pathToFileURL(join(top, 'dist/shared/app.js')).href);
  await build({
    root: top,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [
      {
        name: 'names-of-the-contract',
        enforce: 'pre',
        load(id) {
          if (id !== join(top, 'shared/app.ts')) return null;
          return { code: `export const appOperationNames = ${JSON.stringify(appOperationNames)};` };
        },
      },
    ],
    build: {
      outDir: join(top, 'dist/electron/preload'),
      emptyOutDir: false,
      target: 'chrome140',
      minify: false,
      lib: {
        entry: join(top, 'electron/preload/preload.ts'),
        formats: ['cjs'],
        fileName: () => 'preload.cjs',
      },
      rollupOptions: { external: ['electron'] },
    },
  });
}

if (process.argv[1] === import.meta.filename) await buildPreload();
