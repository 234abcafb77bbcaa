/** The file systems of the system can be written, and the kernel has recorded no error on them. */
import { readlinkSync } from 'node:fs';
import { isAbsence, textAt } from '../inspect/read.js';
import { thisMachine, type MachineSources } from '../inspect/sources.js';
import { bytes, display, join, nameOf, raw, type RawPath } from '../posix/raw-path.js';
import { always, block, defineCheck, pass, warn } from './check.js';
import { fileSystemOf, type FileSystem } from './file-systems.js';

export const rootFileSystem = defineCheck({
  id: 'root-file-system',
  title: 'File systems in good health',
  when: always,
  examine({ system, view, plan, sources = thisMachine }) {
    const needed = ['usr', 'etc', 'var'].map((name) =>
      fileSystemOf(system, join(system.root, name), sources),
    );
    const concerned = distinct([fileSystemOf(system, system.root, sources), ...needed]);
    const boot = view.resolve(raw('boot'));
    const bootSystem = boot === undefined ? undefined : fileSystemOf(system, boot, sources);
    for (const { name, entry } of concerned) {
      if (entry?.readOnly !== true) continue;
      return block(
        `The file system of ${name} is read-only.`,
        `${entry.fileSystem} on ${display(entry.source)}, read-only`,
        'If it was not mounted so on purpose, the kernel did it after an error: save your data and check the disk.',
      );
    }
    for (const fileSystem of distinct([...concerned, ...(bootSystem === undefined ? [] : [bootSystem])])) {
      const errors = errorsOn(fileSystem, sources);
      if (errors === 0) continue;
      return block(
        `The kernel has recorded errors on the file system of ${fileSystem.name}.`,
        `${errors} recorded on ${display(fileSystem.entry?.source ?? fileSystem.path)}`,
        'Save your data, then check the file system with fsck and the disk with smartctl.',
      );
    }
    if (bootSystem?.entry?.readOnly === true) {
      const kernelComes = plan?.changes.some(({ kernel }) => kernel) === true;
      const facts = `${bootSystem.entry.fileSystem} on ${display(bootSystem.entry.source)}, read-only`;
      const remedy = 'Mount /boot writable before a new kernel is installed.';
      const sentence = 'The file system of /boot is read-only.';
      return kernelComes ? block(sentence, facts, remedy) : warn(sentence, facts, remedy);
    }
    const names = concerned.map(({ name, entry }) => `${name} ${entry?.fileSystem ?? ''}`.trim());
    return pass('The file systems are writable, and no error is recorded.', names.join(', '));
  },
});

function distinct(fileSystems: readonly FileSystem[]): FileSystem[] {
  const seen = new Map(fileSystems.map((entry) => [entry.entry?.mountPoint ?? entry.key, entry] as const));
  return [...seen.values()];
}

/** ext4 counts its errors in the superblock and shows them (kernel: Documentation/ABI/testing/sysfs-fs-ext4). */
function errorsOn({ entry }: FileSystem, sources: MachineSources): number {
  if (entry === undefined || !/^ext[234]$/.test(entry.fileSystem)) return 0;
  const name = deviceName(entry.device, entry.source, sources);
  return Number(textAt(join(sources.sys, `fs/ext4/${name}/errors_count`)) ?? 0);
}

/** The kernel's own name of a device: `dm-0` for what is mounted as `/dev/mapper/root`. */
function deviceName(device: string, source: RawPath, sources: MachineSources): string {
  try {
    const link = readlinkSync(bytes(join(sources.sys, `dev/block/${device}`)), { encoding: 'latin1' });
    return nameOf(link as RawPath);
  } catch (error) {
    if (isAbsence(error)) return nameOf(source);
    throw error;
  }
}
