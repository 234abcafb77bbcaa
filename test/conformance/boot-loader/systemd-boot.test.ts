/**
 * systemd-boot, twice. Quick: in what order it takes entries is what its own bootctl says of them, and that it counts an entry down before it
 * starts it is done here as the specification has it (Automatic Boot Assessment). And itself, started by UEFI firmware in a machine of its own.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bootLoaderFor } from '../../../electron/engine/bootloader/registry.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { openSystem } from '../../../electron/engine/system.js';
import { systemdBootTools } from '../../lab/boot/systemd-boot-tools.js';
import { makeTellingProgram, uefiImpossible, uefiMachine } from '../../lab/boot/uefi-machine.js';
import { diskImpossible, openDisks } from '../../lab/disk-image.js';
import { contentOf } from '../../lab/content-of.js';
import { bootLoaderConformance, type Place } from './suite.js';

const shared = mkdtempSync(join(tmpdir(), 'understudy-bootctl-'));
afterAll(() => rmSync(shared, { recursive: true, force: true }));
// Where this kernel has no FAT the file system is another; systemd's own switch makes its tools take that.
const kind = (await diskImpossible('vfat')) === undefined ? 'vfat' : 'ext4';
const noDisk = await diskImpossible(kind);
const tools = noDisk === undefined ? await systemdBootTools(shared) : undefined;
const impossible =
  noDisk ?? (tools === undefined ? 'needs the package systemd-boot from an archive' : undefined);

const bootProgram = '/usr/lib/systemd/boot/efi/systemd-bootx64.efi';

const listed = z.object({ id: z.string(), linux: z.string().optional(), options: z.string().optional() });
const usual = {
  title: 'The system',
  'sort-key': 'debian',
  version: '6.1',
  linux: '/vmlinuz',
  options: 'entry=menu',
};

/** Written by the user, in their own way. */
const byHand = '# mine\ntitle\tA rescue system\nlinux /rescue\noptions entry=rescue\n';

interface SystemdBootPlace extends Place {
  readonly root: string;
}

/** A system whose ESP is mounted at `boot`; `program` is its kernel. Who starts is added by the caller. */
async function layOut(boot: string, program?: string): Promise<Omit<SystemdBootPlace, 'start'>> {
  const disks = openDisks();
  const root = join(disks.folder, 'root');
  const top = join(root, boot);
  for (const path of ['usr', 'etc', 'var/lib']) mkdirSync(join(root, path), { recursive: true });
  await disks.mount(kind, top, 40);
  const entries = entriesOf(top);
  mkdirSync(entries, { recursive: true });
  writeFileSync(join(top, 'loader/loader.conf'), '#timeout 3\nconsole-mode keep\n');
  writeFileSync(
    join(entries, 'machine-6.1.conf'),
    Object.entries(usual).reduce((text, [key, value]) => `${text}${key} ${value}\n`, ''),
  );
  writeFileSync(join(entries, 'rescue.conf'), byHand);
  for (const name of ['vmlinuz', 'rescue', 'initrd.img'])
    if (program === undefined || name === 'initrd.img') writeFileSync(join(top, name), name);
    else copyFileSync(program, join(top, name));
  return {
    root,
    boot: top,
    kernel: join(top, 'vmlinuz'),
    initramfs: join(top, 'initrd.img'),
    loader() {
      const loader = bootLoaderFor(openSystem(root));
      if (loader === undefined) throw new Error('no boot loader');
      return loader;
    },
    content: () => contentOf(top),
    ours: () =>
      readdirSync(entries)
        .filter((name) => name.startsWith('understudy-'))
        .map((name) => join(entries, name)),
    dispose: () => disks.dispose(),
  };
}

const entriesOf = (top: string): string => join(top, 'loader/entries');

async function placeOfBootctl(boot = 'boot'): Promise<SystemdBootPlace> {
  const laid = await layOut(boot);
  return { ...laid, start: () => startByBootctl(laid.boot) };
}

async function startByBootctl(top: string): Promise<string> {
  const argv = [`${tools}/usr/bin/bootctl`, `--esp-path=${top}`, '--json=short', 'list'] as const;
  const environment = { SYSTEMD_RELAX_ESP_CHECKS: '1', SYSTEMD_LOG_LEVEL: 'err' };
  const { stdout } = await runOrFault([...argv], { timeoutMs: 20_000, environment });
  const lines = stdout.split('\n').filter(Boolean);
  // What names no kernel is no entry.
  const first = lines.map((line) => listed.parse(JSON.parse(line))).find(({ linux }) => linux !== undefined);
  if (first === undefined) throw new Error('there is no entry');
  // What is counted has its name changed before it is started.
  const entries = entriesOf(top);
  for (const name of readdirSync(entries)) {
    const [, stem, left, done = '0'] = /^(.*)\+(\d+)(?:-(\d+))?\.conf$/.exec(name) ?? [];
    if (stem === undefined || left === undefined || `${stem}.conf` !== uncounted(first.id)) continue;
    if (Number(left) === 0) continue;
    const next = `${stem}+${Number(left) - 1}-${Number(done) + 1}.conf`;
    renameSync(join(entries, name), join(entries, next));
  }
  return first.options ?? '';
}

function uncounted(name: string): string {
  return name.replace(/\+\d+(-\d+)?\.conf$/, '.conf');
}

async function placeOfFirmware(): Promise<SystemdBootPlace> {
  const program = join(shared, 'program');
  if (!existsSync(program)) await makeTellingProgram(program);
  const laid = await layOut('boot', program);
  // Where firmware looks that nobody told anything, and where `bootctl install` puts it too.
  for (const path of ['EFI/BOOT/BOOTX64.EFI', 'EFI/systemd/systemd-bootx64.efi']) {
    mkdirSync(dirname(join(laid.boot, path)), { recursive: true });
    copyFileSync(bootProgram, join(laid.boot, path));
  }
  const machine = await uefiMachine(laid.boot);
  return {
    ...laid,
    start: () => machine.start(),
    async dispose() {
      machine.dispose();
      await laid.dispose();
    },
  };
}

describe.skipIf(impossible !== undefined)(`systemd-boot${impossible ? ` (${impossible})` : ''}`, () => {
  bootLoaderConformance('as bootctl reads its entries', () => placeOfBootctl());

  it('finds it at /boot/efi too, and says why it cannot try', async () => {
    const made = await placeOfBootctl('boot/efi');
    expect(made.loader().name).toBe('systemd-boot');
    expect(await made.loader().obstacle()).toBeUndefined();
    writeFileSync(join(made.boot, 'loader/loader.conf'), 'timeout 3\ndefault arch*\n');
    expect(await made.loader().obstacle()).toContain('default arch*');
    await made.dispose();
  });
});

const notStarted =
  noDisk ?? (await uefiImpossible()) ?? (existsSync(bootProgram) ? undefined : 'needs systemd-boot-efi');
describe.skipIf(notStarted !== undefined)(
  `systemd-boot, started by firmware${notStarted ? ` (${notStarted})` : ''}`,
  () => {
    bootLoaderConformance('from an EFI system partition', placeOfFirmware, { quick: 'life' });
  },
);
