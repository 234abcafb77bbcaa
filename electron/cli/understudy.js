#!/usr/bin/env node
// Starts the command line from the bundle of the compiled program (build/programs.js). In a source checkout that was never compiled it
// compiles first; whatever the compiler says goes to standard error, so that `--json` stays clean.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Understudy needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}

const main = new URL('../../dist/program/understudy.js', import.meta.url);
const compiler = new URL('../../build/compile.js', import.meta.url);
if (!existsSync(main) && existsSync(compiler)) {
  process.stderr.write('Compiling Understudy, once.\n');
  const result = spawnSync(process.execPath, [fileURLToPath(compiler)], { stdio: ['ignore', 2, 2] });
  if (result.status !== 0) process.exit(1);
}
if (!existsSync(main)) {
  process.stderr.write(`Understudy is not compiled: ${fileURLToPath(main)} is missing.\n`);
  process.exit(1);
}

const { main: start } = await import(main.href);
/** The app for a browser: a shell of its own, which the command line may start but not know. */
const serve = async (...given) =>
  (await import(new URL('../../dist/program/serve.js', import.meta.url).href)).serve(...given);
// Everything is written by now; a handle that something left open must not keep the process alive.
process.exit(await start({ serve }));
