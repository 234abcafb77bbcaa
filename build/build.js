// `npm run build`: builds what is older than its sources; `node build/build.js renderer` this bundle alone. tsc knows by itself what has changed; the bundles are made anew when any file that
// can be in them is newer.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const top = join(import.meta.dirname, '..');

/** Each bundle: the file by whose age it is judged, what it is made of, and how. */
const bundles = [
  {
    name: 'renderer',
    made: 'dist/renderer/index.html',
    from: ['renderer', 'shared', 'package-lock.json'],
    argv: [
      'node_modules/vite/bin/vite.js',
      'build',
      '--config',
      'renderer/vite.config.ts',
      '--logLevel',
      'warn',
    ],
  },
  {
    name: 'preload',
    made: 'dist/electron/preload/preload.cjs',
    from: ['electron/preload', 'shared', 'build/preload.js', 'package-lock.json'],
    argv: ['build/preload.js'],
  },
];

export const bundleNames = bundles.map(({ name }) => name);

/** Ends the process when something cannot be built: what the compiler said stands above. */
export function buildWhatIsStale(names = bundleNames) {
  run('build/compile.js');
  buildBundles(names);
}

function buildBundles(names) {
  for (const { name, made, from, argv } of bundles) {
    if (!names.includes(name) || !isStale(made, from)) continue;
    console.error(`Building the ${name}.`);
    run(...argv);
  }
}

export function isStale(made, from) {
  const target = join(top, made);
  if (!existsSync(target)) return true;
  const { mtimeMs } = statSync(target);
  return from.some((name) => newest(join(top, name)) > mtimeMs);
}

function newest(path) {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  // A folder is newer, too, when something was taken out of it.
  return Math.max(status.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function run(...argv) {
  const { status } = spawnSync(process.execPath, argv, { cwd: top, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.argv[1] === import.meta.filename) {
  const names = process.argv.slice(2);
  if (names.length > 0) buildBundles(names);
  else buildWhatIsStale();
}
