/** The second disk of a guest, read-only in /mnt: the script of the errand and what it needs. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { portName } from './guest-root.js';

/** The text of a file, or the path of a file of this machine, by name. */
export type GuestFiles = Readonly<Record<string, { readonly text: string } | { readonly from: string }>>;

/**
 * Both ways through one port, which the kernel opens once. Without a clean end of the services: nothing is to be saved, and the journal of the
 * file system is as good as after a power cut.
 */
const errand = (script: string): string => `exec <>/dev/virtio-ports/${portName} >&0 2>&1
cd /
/usr/bin/node /mnt/${script}
echo '{"errand":"ended","status":'$?'}'
sync
poweroff --force --force
`;

/** Answers the path of the image, in `folder`. */
export async function filesDisk(folder: string, script: string, files: GuestFiles): Promise<string> {
  const content = mkdtempSync(join(folder, 'files-'));
  const name = basename(script);
  copyFileSync(script, join(content, name));
  writeFileSync(join(content, 'errand.sh'), errand(name));
  writeFileSync(join(content, 'package.json'), '{"type":"module"}\n');
  for (const [path, file] of Object.entries(files)) {
    mkdirSync(dirname(join(content, path)), { recursive: true });
    if ('from' in file) copyFileSync(file.from, join(content, path));
    else writeFileSync(join(content, path), file.text);
  }
  const image = `${content}.disk`;
  await runOrFault(['mkfs.ext4', '-q', '-F', '-O', '^has_journal', '-d', content, image, '32M'], {
    timeoutMs: 60_000,
  });
  rmSync(content, { recursive: true });
  return image;
}
