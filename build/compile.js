// Compiles the TypeScript sources to dist/ with tsc (incremental: a second run with nothing to do is quick), and bundles the programs of it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePrograms } from './programs.js';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
let tsc;
try {
  tsc = require.resolve('typescript/lib/tsc.js');
} catch {
  // `npm ci --omit=dev`: nothing to compile with. A prebuilt dist/ is then required.
  if (existsSync(join(top, 'dist/program/understudy.js'))) process.exit(0);
  console.error('The TypeScript compiler is missing: run "npm ci" (with development dependencies) first.');
  process.exit(1);
}
const result = spawnSync(process.execPath, [tsc, '-p', join(top, 'tsconfig.json')], {
  cwd: top,
  stdio: 'inherit',
});
if (result.status !== 0) process.exit(result.status ?? 1);
await bundlePrograms();
