/**
 * What an installation consists of: each file by name, with its source or its text, so that nothing comes along that happens to lie
 * in the checkout. Paths are relative to the root of the target.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const top = fileURLToPath(new URL('../..', import.meta.url));

/** Where the program lies; nothing else is ever put there. */
export const programFolder = 'usr/lib/understudy';
/** The list of what was installed, one path a line. */
export const listPath = `${programFolder}/installed-files`;

const unitFolder = 'usr/lib/systemd/system';
const policyPath = 'usr/share/polkit-1/actions/org.understudy.policy';
const launcherPath = 'usr/bin/understudy';
/** What makes package managers keep the modules of the running kernel: from `build/hooks`, and where each of them looks for it. */
const hooks = {
  dpkg: 'etc/dpkg/dpkg.cfg.d/understudy',
  'dnf5.actions': 'etc/dnf/libdnf5-plugins/actions.d/understudy.actions',
  ...Object.fromEntries(
    ['50-understudy-modules-keep.hook', '75-understudy-modules-restore.hook'].map((name) => [
      `pacman/${name}`,
      `usr/share/libalpm/hooks/${name}`,
    ]),
  ),
};
/** Of dnf 4, which looks beside itself among the modules of its Python. */
const dnfPlugin = 'understudy_modules.py';
const isDnfPlugin = (path) =>
  /^usr\/lib\/python3[\d.]*\/(site|dist)-packages\/dnf-plugins\/understudy_modules\.py$/.test(path);
const usualNode = '/usr/bin/node';

/** True for the paths that an installation of any version can have: what a list names beyond them is never touched. */
export function isOurs(path) {
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) return false;
  if (path === launcherPath || path === policyPath || Object.values(hooks).includes(path)) return true;
  if (isDnfPlugin(path)) return true;
  return path.startsWith(`${programFolder}/`) || /^usr\/lib\/systemd\/system\/understudy-[^/]+$/.test(path);
}

/**
 * Every file, as `{ path, mode, from }` or `{ path, mode, text }`; `node` is the absolute path of Node on the target, `root` where that lies. Throws
 * where the checkout is not compiled or its packages are missing.
 */
export function contents(node, root) {
  if (!existsSync(join(top, 'dist/program/understudy.js')))
    throw new Error('The checkout is not compiled: run "npm run build" first.');
  return [
    ...filesBelow('dist/program').map((name) => inProgram(name)),
    ...compiled(),
    ...built(),
    ...['package.json', 'LICENSE', 'electron/cli/understudy.js'].map((name) => inProgram(name)),
    ...packages(),
    { path: launcherPath, mode: 0o755, text: launcher(node) },
    { path: `${programFolder}/start-before`, mode: 0o755, from: join(top, 'build/boot/start-before') },
    ...hooksFor(root),
    { path: policyPath, mode: 0o644, from: join(top, 'build/polkit/org.understudy.policy') },
    ...units(node),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function hooksFor(root) {
  const from = (name) => join(top, 'build/hooks', name);
  return [
    { path: `${programFolder}/hooks/modules`, mode: 0o755, from: from('modules') },
    // Packages of a distribution link to it, once they know its Python (build/package/after-install.sh).
    { path: `${programFolder}/hooks/${dnfPlugin}`, mode: 0o644, from: from('dnf.py') },
    ...dnfFolders(root).map((folder) => ({
      path: `${folder}/${dnfPlugin}`,
      mode: 0o644,
      from: from('dnf.py'),
    })),
    ...Object.entries(hooks).map(([name, path]) => ({ path, mode: 0o644, from: from(name) })),
  ];
}

/** Where the dnf of a system finds its plugins; empty where there is none. */
function dnfFolders(root) {
  const namesIn = (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []);
  return namesIn('usr/lib')
    .filter((name) => /^python3[\d.]*$/.test(name))
    .flatMap((name) => ['site-packages', 'dist-packages'].map((kind) => `usr/lib/${name}/${kind}`))
    .filter((folder) => existsSync(join(root, folder, 'dnf/plugin.py')))
    .map((folder) => `${folder}/dnf-plugins`);
}

function inProgram(name, mode = 0o644) {
  return { path: `${programFolder}/${name}`, mode, from: join(top, name) };
}

/** What is compiled from a source that is still there: no tests, no source maps, nothing left of a deleted file. */
function compiled() {
  return ['shared', 'electron']
    .flatMap((folder) => filesBelow(join('dist', folder)))
    .filter((name) => name.endsWith('.js') && existsSync(join(top, name.slice(5, -3) + '.ts')))
    .map((name) => inProgram(name));
}

/** The pages of the app, which the build replaces as a whole; without them the command line and the helper work all the same. */
function built() {
  return existsSync(join(top, 'dist/renderer/index.html'))
    ? filesBelow('dist/renderer').map((name) => inProgram(name))
    : [];
}

/** The packages that the program needs when it runs, as the lock file knows them; those for other machines are not there. */
function packages() {
  const lock = JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8'));
  const wanted = Object.entries(lock.packages).filter(
    ([name, { dev, devOptional }]) => name !== '' && !dev && !devOptional,
  );
  return wanted.flatMap(([name, { optional }]) => {
    if (!existsSync(join(top, name))) {
      if (optional) return [];
      throw new Error(`${name} is missing: run "npm ci" first.`);
    }
    return filesBelow(name, 'node_modules')
      .filter((file) => isNeededToRun(file.slice(name.length + 1)))
      .map((file) => inProgram(file));
  });
}

/** Everything but documentation, types and source maps. Licences stay. */
function isNeededToRun(file) {
  if (/(^|\/)licen[cs]e[^/]*$/i.test(file)) return true;
  return !/\.(md|markdown|map|[cm]?ts)$/.test(file) && !/^(docs?|tests?|examples?)\//.test(file);
}

/** Relative to the top, ordered; `without` is the name of folders that are passed over. */
function filesBelow(folder, without = undefined) {
  return readdirSync(join(top, folder))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (!statSync(join(top, path)).isDirectory()) return [path];
      return name === without ? [] : filesBelow(path, without);
    });
}

/** Not a link to the script: its first line would look for `node` on the search path of whoever calls it. */
function launcher(node) {
  return `#!/bin/sh\nexec '${node}' /${programFolder}/electron/cli/understudy.js "$@"\n`;
}

export const unitNames = readdirSync(join(top, 'build/systemd'))
  .filter((name) => /^understudy-[^/]+\.(service|socket|timer)$/.test(name))
  .sort();

/** Of these units those that are enabled: the ones with something to be wanted by. */
export function unitsToEnable() {
  return unitNames.filter((name) => /^\[Install\]$/m.test(unitText(name)));
}

function units(node) {
  return unitNames.map((name) => ({
    path: `${unitFolder}/${name}`,
    mode: 0o644,
    text: unitText(name).replaceAll(usualNode, node),
  }));
}

function unitText(name) {
  return readFileSync(join(top, 'build/systemd', name), 'utf8');
}
