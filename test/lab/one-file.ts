/**
 * A compiled program of the lab, with all it imports in one file: it starts in half the time, which counts where a test starts it hundreds of
 * times. Its modules believe that they lie where they were compiled, so that they find what they start themselves.
 */
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'vite';
import { inCheckout } from './checkout.js';

/** The path of the file, which is made anew in a folder of temporary files. `place`: where its modules lie, if not in this checkout. */
export async function oneFile(program: string, place?: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-one-file-'));
  await build({
    root: inCheckout(''),
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [nativeOutside(place), whereTheyWere(place)],
    ssr: { noExternal: true },
    build: {
      ssr: inCheckout(`dist/test/lab/${program}.js`),
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: `${program}.mjs` } },
    },
  });
  return join(folder, `${program}.mjs`);
}

/** What is no JavaScript stays where it is. */
function nativeOutside(place: string | undefined): Plugin {
  return {
    name: 'native-outside',
    enforce: 'pre',
    resolveId(id) {
      if (id !== 'koffi') return null;
      return { id: urlOf(createRequire(import.meta.url).resolve(id), place), external: true };
    },
  };
}

function whereTheyWere(place: string | undefined): Plugin {
  return {
    name: 'where-they-were',
    transform(code, id) {
      if (!code.includes('import.meta.url')) return null;
      return code.replaceAll('import.meta.url', JSON.stringify(urlOf(id, place)));
    },
  };
}

function urlOf(path: string, place: string | undefined): string {
  return pathToFileURL(place === undefined ? path : join(place, relative(inCheckout(''), path))).href;
}
