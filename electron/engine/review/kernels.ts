/**
 * Proof: a kernel that the update brings can boot, as far as the tree shows: its modules are all there with their index, and
 * it has an initramfs that is one. A kernel that goes must not be the last one; the running one is worth a warning.
 */
import type { TreeView } from '../environments/environment.js';
import { display, join, type RawPath } from '../posix/raw-path.js';
import { initramfsCandidates, initramfsKind, initramfsTool } from './initramfs.js';
import { pace } from './pace.js';
import { count, Findings, type ProofMaker, type StageUnderTest } from './proof.js';
import { folderIn, namesIn, readStart, readText } from './tree-file.js';

const moduleRoots = ['usr/lib/modules', 'lib/modules'] as RawPath[];
const largestIndex = 64 * 1024 * 1024;

/** A kernel in a tree: its release, and the name that Arch gives its files (`linux` for `vmlinuz-linux`), else the release. */
interface KernelFiles {
  readonly release: string;
  readonly name: string;
}

export const kernels: ProofMaker = {
  id: 'kernels',
  title: 'new kernels can boot',
  async prove(stage) {
    const findings = new Findings();
    const brought = kernelsBrought(stage);
    for (const kernel of brought) {
      stage.step(display(kernel.release as RawPath));
      checkInitramfs(stage.view, kernel, findings);
      await checkModules(stage, kernel, findings);
      checkDkms(stage.view, kernel, findings);
    }
    checkRemoved(stage, findings);
    const releases = brought.map((kernel) => display(kernel.release as RawPath)).join(', ');
    return findings.proof('kernels', {
      pass:
        brought.length === 0
          ? 'The update brings no kernel.'
          : `Kernel ${releases}: modules and initramfs are in place.`,
      warn:
        brought.length === 0
          ? 'The update removes a kernel that is in use.'
          : `Kernel ${releases}: in place, with a remark.`,
      fail:
        brought.length === 0
          ? 'The update leaves no kernel to boot.'
          : `Kernel ${releases}: something that it needs to boot is missing.`,
    });
  },
};

function kernelsBrought({ view, changes }: StageUnderTest): KernelFiles[] {
  const found = new Map<string, KernelFiles>();
  for (const { path, kind } of changes) {
    if (kind === 'removed') continue;
    const release = /^(?:usr\/)?lib\/modules\/([^/]+)\/vmlinu[xz]$/.exec(path)?.[1];
    if (release !== undefined) found.set(release, { release, name: packageBase(view, release) ?? release });
    const image = /^boot\/vmlinu[xz]-(.+)$/.exec(path)?.[1];
    if (image === undefined || /\.(old|efi\.signed|sig)$/.test(image)) continue;
    const byName = releases(view).find((each) => packageBase(view, each) === image);
    const kernel = { release: byName ?? image, name: image };
    // mkinitcpio's images have no release in their name; without modules of that name there is nothing to tell it by
    if (byName !== undefined || /^\d/.test(image)) found.set(kernel.release, kernel);
  }
  return [...found.values()];
}

/** Arch writes the name of the kernel's package, which is that of its files in /boot, beside the modules. */
function packageBase(view: TreeView, release: string): string | undefined {
  for (const root of moduleRoots) {
    const text = readText(view, join(join(root, release), 'pkgbase'), 4096);
    if (text !== undefined && /^[^/\0]+$/.test(text)) return text.trim();
  }
  return undefined;
}

function releases(view: TreeView): string[] {
  return [...new Set(moduleRoots.flatMap((root) => namesIn(view, root)))];
}

function modulesOf(view: TreeView, release: string): RawPath | undefined {
  return moduleRoots
    .map((root) => join(root, release))
    .find((folder) => folderIn(view, folder) !== undefined);
}

async function checkModules(
  { view, signal }: StageUnderTest,
  { release }: KernelFiles,
  findings: Findings,
): Promise<void> {
  const shown = display(release as RawPath);
  const folder = modulesOf(view, release);
  if (folder === undefined) {
    findings.fail(`${shown}: there is no folder usr/lib/modules/${shown}.`);
    return;
  }
  const index = readText(view, join(folder, 'modules.dep'), largestIndex);
  if (index === undefined || index === '') {
    findings.fail(`${shown}: modules.dep is missing or empty.`);
    return;
  }
  const breathe = pace(signal);
  let absent = 0;
  // modules.dep(5): `module: what it depends on`, relative to the folder
  for (const line of index.split('\n')) {
    const module = line.slice(0, Math.max(0, line.indexOf(':')));
    await breathe();
    if (module === '' || isThere(view, folder, module)) continue;
    absent += 1;
    if (absent <= 10)
      findings.fail(
        `${shown}: the module ${display(module as RawPath)} is in modules.dep, but not in the tree.`,
      );
  }
  if (absent > 10)
    findings.fail(`${shown}: ${count(absent - 10, 'more module')} are in modules.dep, but not in the tree.`);
}

function isThere(view: TreeView, folder: RawPath, module: string): boolean {
  if (module.includes('\0')) return false;
  return (
    view.resolve(module.startsWith('/') ? (module.slice(1) as RawPath) : join(folder, module)) !== undefined
  );
}

function checkInitramfs(view: TreeView, kernel: KernelFiles, findings: Findings): void {
  const shown = display(kernel.release as RawPath);
  const path = initramfsCandidates(view, kernel.release, kernel.name).find(
    (each) => view.resolve(each) !== undefined,
  );
  if (path === undefined) {
    const tool = initramfsTool(view);
    if (tool !== undefined) {
      findings.fail(`${shown}: there is no initramfs, though the tree has ${tool}.`);
      return;
    }
    findings.warn(`${shown}: there is no initramfs, and the tree has no tool that makes one.`);
    return;
  }
  const start = readStart(view, path, 16);
  if (start === undefined) {
    findings.fail(`${display(path)}: it is no file.`);
    return;
  }
  if (start.length === 0) {
    findings.fail(`${display(path)}: it is empty.`);
    return;
  }
  if (initramfsKind(start) === undefined)
    findings.fail(`${display(path)}: it is no initramfs (neither cpio nor a known compression).`);
}

/** A module that DKMS built for another kernel and not for this one: its device stops working with the new kernel. */
function checkDkms(view: TreeView, { release }: KernelFiles, findings: Findings): void {
  const root = 'var/lib/dkms' as RawPath;
  for (const module of namesIn(view, root)) {
    const versions = namesIn(view, join(root, module)).filter(
      (name) => name !== 'original_module' && !name.startsWith('kernel-'),
    );
    const built = versions.flatMap((version) => namesIn(view, join(join(root, module), version)));
    const builds = built.filter((name) => /^\d+\.\d/.test(name));
    if (builds.length > 0 && !builds.includes(release))
      findings.warn(
        `${display(release as RawPath)}: the DKMS module ${display(module as RawPath)} was not built for it.`,
      );
  }
}

function checkRemoved({ view, before, changes, runningKernel }: StageUnderTest, findings: Findings): void {
  if (
    runningKernel !== null &&
    modulesOf(before, runningKernel) !== undefined &&
    modulesOf(view, runningKernel) === undefined
  )
    findings.warn(
      `${display(runningKernel as RawPath)}: the modules of the running kernel go; devices plugged in before the next start may not work.`,
    );
  const isImage = (name: string): boolean => /^vmlinu[xz]-/.test(name);
  const remains = (tree: TreeView): boolean => namesIn(tree, 'boot' as RawPath).some(isImage);
  const goes = changes.some(({ path, kind }) => kind === 'removed' && /^boot\/vmlinu[xz]-/.test(path));
  if (goes && !remains(view)) findings.fail('boot: the update removes the last kernel.');
}
