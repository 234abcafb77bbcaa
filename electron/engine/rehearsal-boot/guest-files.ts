/**
 * What a rehearsal lays over the system that it boots, in the throwaway view alone: a machine without disks and network has no use for
 * its table of file systems, and somebody in it must say how the start went.
 */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { systemErrorCode } from '../fault.js';
import { openDirectory, type DirectoryHandle } from '../files/directory-handle.js';
import { bytes, type RawPath } from '../posix/raw-path.js';

/** Serial ports: the console, with the journal; and what the unit below reports. */
const consolePort = 'ttyS0';
const reportPort = 'ttyS1';

const unitName = 'understudy-rehearsal.service';

/** Seconds between two looks at a start that does not come to an end. */
const lookSeconds = 15;

const unit = `[Unit]
Description=Report of a rehearsal boot
DefaultDependencies=no
IgnoreOnIsolate=yes

[Service]
# Not oneshot: the start of the system must not wait for it.
Type=simple
ExecStart=/bin/sh /etc/${unitName}.sh
`;

/** Says in lines how the start goes; `report.ts` reads them. systemctl(1) is asked rarely, for in emulation it takes seconds. */
const script = `exec </dev/null >/dev/${reportPort} 2>/dev/null
echo 'begun:'
state=
while [ -z "$state" ]; do
  state=$(timeout ${lookSeconds} systemctl is-system-running --wait || :)
  case $state in ''|initializing|starting)
    state=
    echo 'look:'
    systemctl list-jobs --plain --no-legend | while read -r id job type step; do echo "job: $job $step"; done
    sleep 1
  esac
done
echo "state: $state"
systemctl show --property=Id,ActiveState default.target | while read -r line; do echo "target: $line"; done
[ "$state" = running ] || systemctl list-units --failed --plain --no-legend | while read -r name rest; do
  echo "failed: $name"
  systemctl show --property=FragmentPath,DropInPaths,ExecStart,Result "$name"
done
echo 'end:'
`;

const journal = `[Journal]
Storage=volatile
ForwardToConsole=yes
MaxLevelConsole=info
TTYPath=/dev/${consolePort}
`;

/** Wanted by whatever systemd falls back to as well (bootup(7)). */
const wantedBy = ['sysinit.target', 'emergency.target', 'rescue.target'];

/** Writes them into the view at `root`. Throws where a link is in the way. */
export function furnish(root: RawPath): void {
  inFolder(root, 'etc', (etc) => {
    for (const name of ['fstab', 'crypttab']) replace(etc, name, '');
    replace(etc, `${unitName}.sh`, script);
  });
  inFolder(root, 'etc/systemd/journald.conf.d', (folder) => replace(folder, 'zz-understudy.conf', journal));
  inFolder(root, 'etc/systemd/system', (folder) => replace(folder, unitName, unit));
  for (const target of wantedBy)
    inFolder(root, `etc/systemd/system/${target}.wants`, (folder) => {
      rmSync(bytes(folder.entry(unitName)), { force: true });
      symlinkSync(`../${unitName}`, bytes(folder.entry(unitName)));
    });
}

/** What has nothing to do there and would wait for it: units that wait for a network, and our own. */
const masked = [
  'systemd-networkd-wait-online.service',
  'NetworkManager-wait-online.service',
  'ifupdown-wait-online.service',
  'understudy-recover.service',
  'understudy-livepatch.service',
  'understudy-schedule.service',
  'understudy-activate.service',
  'understudy-helper.socket',
  'understudy-stage.timer',
];

/**
 * kernel-command-line(7), systemd-debug-generator(8), and initramfs-tools(7) for `panic`: a machine that cannot go on ends at once. Caching
 * is safe, for nobody else writes into the view.
 */
export function commandLine(tag: string): string {
  return [
    `root=${tag} rootfstype=9p rootflags=trans=virtio,version=9p2000.L,msize=524288,cache=loose rw`,
    `console=${consolePort} panic=-1 oops=panic printk.devkmsg=on`,
    'noresume fstab=no luks=no systemd.gpt_auto=no systemd.show_status=no systemd.hostname=rehearsal enforcing=0',
    ...masked.map((name) => `systemd.mask=${name}`),
  ].join(' ');
}

function replace(folder: DirectoryHandle, name: string, content: string): void {
  rmSync(bytes(folder.entry(name)), { recursive: true, force: true });
  writeFileSync(bytes(folder.entry(name)), content, { mode: 0o644, flag: 'wx' });
}

/** Makes what is missing of the path. */
function inFolder(root: RawPath, path: string, work: (folder: DirectoryHandle) => void): void {
  const parts = path.split('/');
  for (const [index, name] of parts.entries()) {
    const above = openDirectory(root, parts.slice(0, index).join('/') as RawPath);
    try {
      mkdirSync(bytes(above.entry(name)), { mode: 0o755 });
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    } finally {
      above.close();
    }
  }
  const folder = openDirectory(root, path as RawPath);
  try {
    work(folder);
  } finally {
    folder.close();
  }
}
