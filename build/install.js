/**
 * Installs a compiled checkout on this system, or into a folder for a package or another root:
 *
 *     node build/install.js                          as root, on the running system
 *     node build/install.js --destdir DIR            into DIR, for a package; starts and enables nothing
 *     node build/install.js --destdir DIR --enable   into the root tree in DIR, with the units enabled there
 *     node build/install.js --uninstall              takes away again what was installed
 *     … --node PATH                                  where Node is on the target; /usr/bin/node by default
 *
 * The program goes to /usr/lib/understudy, with the command /usr/bin/understudy, the systemd units, the polkit policy and the hooks of package
 * managers. It can be repeated at any time. Journal, staged environments and restore points in /var/lib/understudy and the settings in /etc/understudy are never touched.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { contents, unitNames, unitsToEnable } from './install/contents.js';
import { place, takeAway } from './install/placing.js';

const minute = 60_000;
/** A helper that is at work ends a switch first, and takes as long as its unit allows. */
const stopping = 16 * minute;

function main() {
  const { destdir, node, enable, uninstall } = options();
  const root = destdir === undefined ? '/' : realpathSync(destdir);
  const isRunning = root === '/';
  if (isRunning && process.geteuid() !== 0) throw new Error('This needs root; or give --destdir.');
  const files = uninstall ? [] : contents(node, root);
  if (isRunning && !uninstall) requireNode(node);

  const hasManager = isRunning && existsSync('/run/systemd/system');
  if (hasManager) stopUnits();
  if (uninstall) {
    // While the units are there: their [Install] sections say which links are to go.
    if (hasManager || enable) systemctl(root, 'disable', ...present(root));
    leaveBootLoader(root);
    say(`Removed ${takeAway(root).removed} files.`);
    if (hasManager) systemctl(root, 'daemon-reload');
    return;
  }
  const { placed, removed } = place(root, files);
  say(`Installed ${placed} files${removed > 0 ? `, and removed ${removed} of an earlier version` : ''}.`);
  if (isRunning || enable) systemctl(root, 'enable', ...unitsToEnable());
  if (hasManager) {
    systemctl(root, 'daemon-reload');
    systemctl(root, 'start', ...unitsToEnable().filter((name) => /\.(socket|timer)$/.test(name)));
    systemctl(root, 'start', 'understudy-activate.service');
  }
}

function options() {
  const { values } = parseArgs({
    options: {
      destdir: { type: 'string' },
      node: { type: 'string', default: '/usr/bin/node' },
      enable: { type: 'boolean', default: false },
      uninstall: { type: 'boolean', default: false },
    },
  });
  // It stands in units and in a script, both of which have their own meaning for other characters.
  if (!isAbsolute(values.node) || !/^[\w/.+-]+$/.test(values.node))
    throw new Error('--node is an absolute path of letters, digits and / . _ + -');
  return values.destdir === undefined ? values : { ...values, destdir: resolve(values.destdir) };
}

function requireNode(node) {
  const { stdout, status } = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: minute });
  const [major = 0, minor = 0] = (stdout ?? '').replace(/^v/, '').split('.').map(Number);
  if (status !== 0) throw new Error(`${node} is not there or does not run; --node says where Node is.`);
  if (major < 20 || (major === 20 && minor < 19))
    throw new Error(`${node} is ${stdout.trim()}; Node 20.19 or newer is needed.`);
}

/** The socket first, so that nobody starts the helper again. The unit that switches at shutdown is left: to stop it is to switch. */
function stopUnits() {
  for (const name of [
    'understudy-helper.socket',
    'understudy-helper.timer', // set for a switch at a moment
    'understudy-helper.service',
    'understudy-stage.timer',
  ])
    spawnSync('systemctl', ['stop', name], { stdio: 'ignore', timeout: stopping });
}

/** Without these files a trial is none: the system's own menu says again what starts. */
function leaveBootLoader(root) {
  for (const folder of ['boot/grub', 'boot/grub2', 'boot/efi/understudy', 'efi/understudy'])
    rmSync(resolve(root, folder, 'understudy.env'), { force: true });
  for (const folder of ['boot', 'efi', 'boot/efi'].map((top) => resolve(root, top, 'loader/entries')))
    for (const name of existsSync(folder) ? readdirSync(folder) : [])
      if (/^understudy-.*\.conf$/.test(name)) rmSync(resolve(folder, name));
}

function present(root) {
  return unitNames.filter((name) => existsSync(resolve(root, 'usr/lib/systemd/system', name)));
}

function systemctl(root, verb, ...names) {
  const argv = [...(root === '/' ? [] : [`--root=${root}`]), verb, ...names];
  const { status, stderr, error } = spawnSync('systemctl', argv, { encoding: 'utf8', timeout: minute });
  if (status !== 0)
    throw new Error(`systemctl ${argv.join(' ')}: ${(stderr ?? error?.message ?? '').trim()}`);
}

function say(sentence) {
  process.stdout.write(`${sentence}\n`);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
