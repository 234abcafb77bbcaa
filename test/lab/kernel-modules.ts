/** Trees of real kernel modules, what modprobe(8) would load of them, and the hooks of package managers as an installation brings them. */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inCheckout } from './checkout.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';

const limit = { timeoutMs: 120_000 };
export const script = inCheckout('build/hooks/modules');
export const hooksFolder = inCheckout('build/hooks');

/** Why there is no modprobe(8) here, or `undefined`. */
export async function kmodImpossible(): Promise<string | undefined> {
  return (await run(['modprobe', '--version'], limit)).ended === 'exit' ? undefined : 'needs kmod';
}

/** The names of what can be loaded of a release: modprobe finds it, with all that it needs, and every file is there. */
export async function loadable(root: string, release: string): Promise<string[]> {
  const index = join(root, 'lib/modules', release, 'modules.dep');
  if (!existsSync(index)) return [];
  const names = readFileSync(index, 'utf8').split('\n').flatMap(nameIn);
  const found = await Promise.all(
    chunks(names, 200).map(async (some) => {
      const words = ['--dirname', root, '--set-version', release, '--all', ...some];
      await runOrFault(['modprobe', '--dry-run', ...words], limit);
      return (await runOrFault(['modprobe', '--show-depends', ...words], limit)).stdout.split('\n');
    }),
  );
  const files = new Set(found.flat().flatMap((line) => /^insmod (\S+)/.exec(line)?.[1] ?? []));
  const missing = [...files].filter((path) => !existsSync(path));
  if (missing.length > 0) throw new Error(`Not there: ${missing.join(', ')}`);
  return names.sort();
}

function nameIn(line: string): string[] {
  const name = /([^/]+)\.ko[^/:]*:/.exec(line)?.[1];
  return name === undefined ? [] : [name];
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Some modules of a Debian tree as those of another release in another tree, with an index; folders of the kernel below `kernel`. */
export async function someModules(
  from: { readonly root: string; readonly release: string },
  to: { readonly root: string; readonly release: string },
  folders: readonly string[] = ['fs/fuse', 'fs/nls', 'fs/fat', 'lib'],
): Promise<void> {
  mergedUsr(to.root);
  const [source, target] = [from, to].map(({ root, release }) => join(root, 'usr/lib/modules', release)) as [
    string,
    string,
  ];
  for (const name of folders)
    cpSync(join(source, 'kernel', name), join(target, 'kernel', name), { recursive: true });
  for (const name of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order'])
    cpSync(join(source, name), join(target, name));
  await runOrFault(['depmod', '--basedir', to.root, to.release], limit);
}

/** Where depmod and modprobe of Debian look for modules. */
export function mergedUsr(root: string): void {
  mkdirSync(join(root, 'usr/lib'), { recursive: true });
  if (!existsSync(join(root, 'lib'))) symlinkSync('usr/lib', join(root, 'lib'));
}

/** A module that DKMS would have built: a real one under another name. */
export function addBuiltModule(root: string, release: string, content?: string): string {
  const modules = join(root, 'usr/lib/modules', release);
  const path = join(modules, 'updates/dkms/built.ko');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content ?? readFileSync(join(modules, 'kernel/lib/libcrc32c.ko')));
  return path;
}

/** The script and the hooks at their places in a root, where the kernel that runs says that it is of this release. */
export function installHooks(root: string, running: string): void {
  const put = (name: string, path: string, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(hooksFolder, name), join(root, path));
    chmodSync(join(root, path), mode);
  };
  put('modules', 'usr/lib/understudy/hooks/modules', 0o755);
  put('dpkg', 'etc/dpkg/dpkg.cfg.d/understudy');
  for (const name of ['50-understudy-modules-keep.hook', '75-understudy-modules-restore.hook'])
    put(`pacman/${name}`, `usr/share/libalpm/hooks/${name}`);
  mkdirSync(join(root, 'usr/local/sbin'), { recursive: true });
  const uname = `#!/bin/sh\n[ "$*" != -r ] || { echo '${running}'; exit 0; }\nexec /usr/bin/uname "$@"\n`;
  writeFileSync(join(root, 'usr/local/sbin/uname'), uname, { mode: 0o755 });
}

/** Every file below a folder, by name, with what tells its content apart. */
export async function contentOf(folder: string): Promise<string[]> {
  const listing = ['find', '.', '!', '-type', 'd', '-printf', '%P %s %l\\n'] as const;
  const { stdout } = await runOrFault([...listing], { ...limit, cwd: folder });
  return stdout.split('\n').filter(Boolean).sort();
}
