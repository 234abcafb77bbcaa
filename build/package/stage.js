/**
 * Stages what a package needs beside the app: the installed program of the command line and the helper, as build/install.js lays it out, a
 * Node for it, and the scripts of the package. Everything is made anew in one folder.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unitsToEnable } from '../install/contents.js';

const top = join(import.meta.dirname, '../..');
export const stageFolder = join(top, 'dist/package');
/** Where packages of a distribution put the app. */
export const installFolder = '/opt/Understudy';

const minute = 60_000;

export function stage(folder = stageFolder, node = process.execPath) {
  requirePortable(node);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'root'), { recursive: true });
  mkdirSync(join(folder, 'runtime'));
  copyFileSync(node, join(folder, 'runtime/node'));
  chmodSync(join(folder, 'runtime/node'), 0o755);
  const argv = [
    'build/install.js',
    '--destdir',
    join(folder, 'root'),
    '--node',
    `${installFolder}/resources/runtime/node`,
  ];
  const { status, stderr } = spawnSync(process.execPath, argv, {
    cwd: top,
    encoding: 'utf8',
    timeout: 5 * minute,
  });
  if (status !== 0) throw new Error(`The program could not be staged: ${stderr.trim()}`);
  for (const name of ['after-install.sh', 'before-remove.sh', 'after-remove.sh']) writeScript(folder, name);
}

/**
 * A Node that is linked with libraries of this distribution would not run on another. Distributions build it so
 * (`--shared-openssl` and the like); the builds of nodejs.org are whole.
 */
function requirePortable(node) {
  const question = 'JSON.stringify([process.versions.node, process.config.variables])';
  const { status, stdout } = spawnSync(node, ['-p', question], { encoding: 'utf8', timeout: minute });
  if (status !== 0) throw new Error(`${node} does not run.`);
  const [version, variables] = JSON.parse(stdout);
  const [major, minor] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new Error(`${node} is ${version}; a package needs 20.19 or newer.`);
  const shared = Object.entries(variables).filter(
    ([name, value]) => /^node_shared/.test(name) && (value === true || value === 'true'),
  );
  if (shared.length > 0)
    throw new Error(
      `${node} needs libraries of this distribution (${shared.map(([name]) => name).join(', ')}). Run this with a Node from nodejs.org.`,
    );
}

/** electron-builder replaces `\${…}` of its own; what begins with `@` is replaced here. */
function writeScript(folder, name) {
  const text = readFileSync(join(import.meta.dirname, name), 'utf8').replaceAll(
    '@units@',
    unitsToEnable().join(' '),
  );
  writeFileSync(join(folder, name), text, { mode: 0o755 });
}
