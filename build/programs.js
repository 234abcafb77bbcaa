/**
 * Bundles what is compiled of the command line, the helper and the app for a browser to dist/program, with the packages that they use: hundreds
 * of small files take several times as long to load as the few that hold them. What a verb needs beyond them is still loaded when it is called.
 *
 * Modules believe that they lie where they were compiled, so that they find what they read and start; that lies there, too.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStale } from './build.js';

const top = fileURLToPath(new URL('..', import.meta.url));
const place = join(top, 'dist/program');

/** By the name of its file: what is started. */
const programs = {
  understudy: 'dist/electron/cli/main.js',
  helper: 'dist/electron/helper/main.js',
  serve: 'dist/electron/browser/serve.js',
};
const madeOf = [
  ...['browser', 'cli', 'engine', 'helper', 'services'].map((name) => `dist/electron/${name}`),
  ...['dist/shared', 'package-lock.json', 'build/programs.js'],
];

export async function bundlePrograms() {
  if (!isStale('dist/program/understudy.js', madeOf)) return;
  // Loaded only where there is something to do: it takes longer than to see that there is nothing.
  const { build } = await import('vite');
  mkdirSync(place, { recursive: true });
  const fresh = mkdtempSync(`${place}-`);
  try {
    await build({
      root: top,
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      plugins: [whereTheyWere],
      // koffi finds its binaries by itself, in its package.
      ssr: { noExternal: true, external: ['koffi'] },
      build: {
        ssr: true,
        outDir: fresh,
        minify: false,
        target: 'node20',
        rolldownOptions: {
          input: Object.fromEntries(Object.entries(programs).map(([name, path]) => [name, join(top, path)])),
          output: { entryFileNames: '[name].js', chunkFileNames: 'part-[name].js' },
        },
      },
    });
    chmodSync(fresh, 0o755); // as every folder of what is compiled
    rmSync(place, { recursive: true });
    renameSync(fresh, place);
  } finally {
    if (existsSync(fresh)) rmSync(fresh, { recursive: true });
  }
}

const whereTheyWere = {
  name: 'where-they-were',
  enforce: 'pre',
  transform(code, id) {
    if (!code.includes('import.meta.url') || !id.startsWith(join(top, 'dist/electron/'))) return null;
    const from = JSON.stringify(relative(place, id));
    return code.replaceAll('import.meta.url', `new URL(${from}, import.meta.url).href`);
  },
};
