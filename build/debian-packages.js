/**
 * The Debian packages that the tests and the measures use beyond Node: `node build/debian-packages.js test|bench`.
 *
 * As root on Debian (or a relative of it) what is missing is installed. Elsewhere the command that would do it is printed, and the work goes
 * on: a test whose tool is missing is skipped and says so. The program itself (`npm start`) needs none of these.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Each package with what it is for. */
const packages = {
  test: {
    acl: 'setfacl: access control lists must survive',
    appstream: 'appstreamcli: checks what software centres are told about the app',
    attr: 'setfattr, getfattr: extended attributes must survive',
    binutils: 'readelf: the reader of ELF files is compared with it',
    bsdutils: 'script: a terminal for the command line',
    'btrfs-progs': 'mkfs.btrfs: file systems that the tests make and mount',
    chromium: 'the browser in which the pages of the app are looked at',
    'createrepo-c': 'createrepo_c: archives for dnf',
    cpio: 'to look into an initramfs',
    'desktop-file-utils': 'desktop-file-validate: checks the entries of the desktop',
    dnf: 'dnf: real transactions whose hooks keep modules',
    dosfstools: 'mkfs.vfat: another',
    e2fsprogs: 'mkfs.ext4: another',
    fdisk: 'sfdisk: partitions of the disks of small machines',
    gcc: 'compiles small programs and libraries whose loading is proved',
    gpg: 'the keys by which pacman knows its archives',
    gpgv: 'checks the signatures of the archives that are built on the spot',
    'grub-common': "grub-script-check, grub-editenv: GRUB's own view of what is written for it",
    'grub-efi-amd64-bin': 'GRUB for machines with UEFI',
    'grub-pc-bin': 'GRUB itself, which starts small machines in QEMU',
    kmod: 'modprobe, depmod: modules that are kept can be loaded',
    'libarchive-tools':
      'bsdtar: reads the manifests and the archives of pacman, and is the peer in the measures',
    'libc6-dev': 'what gcc needs to link them',
    'libcap2-bin': 'setcap, getcap: file capabilities must survive',
    'libxml2-utils': "xmllint: compares the polkit policy with polkit's document type",
    mmdebstrap: 'real Debian root trees with real pending updates',
    mount: 'mount, umount, losetup',
    mtools: 'mcopy: EFI system partitions also where the kernel has no FAT',
    'mtree-netbsd': 'mtree: reads and checks the manifests',
    ovmf: 'UEFI firmware of small machines in QEMU',
    'pacman-package-manager': 'pacman, repo-add: real archives, and real transactions with real hooks',
    polkitd: "the document type of polkit's policies",
    'qemu-system-x86': 'virtual machines: the installed helper in a whole system, and rehearsal boots',
    rpm: 'rpmbuild: packages for dnf',
    snapper: 'snapper: its snapshots are listed among the environments',
    systemd: 'systemd-analyze: verifies units',
    'systemd-boot-efi': 'systemd-boot itself, which starts small machines in QEMU',
    uidmap: 'newuidmap: user namespaces with more than one user',
    'util-linux': 'unshare, nsenter, flock',
    xfsprogs: 'mkfs.xfs: another',
    'xz-utils': 'xz: a compression of the initramfs',
    zstd: 'zstd: another',
  },
  bench: {
    attr: 'getfattr: what the file system of the changeset takes by itself',
    'btrfs-progs': 'mkfs.btrfs: where snapper keeps its snapshots',
    chromium: 'the browser in which the app is measured, driven by playwright-core',
    e2fsprogs: 'mkfs.ext4: the disks of the guest',
    'libarchive-tools': 'bsdtar: the peer of the manifest',
    mmdebstrap: 'the root trees that are measured',
    mount: 'mount, umount',
    'mtree-netbsd': 'mtree: another peer of the manifest',
    'qemu-system-x86': 'the guest whose interruptions are measured',
    rsync: 'rsync: takes a tree back to what it was',
    snapper: 'snapper: the peer of the helper and of the environments',
    'util-linux': 'unshare, and blkid for timeshift, which is in a tree of its own',
  },
};

const zfsFuse = {
  name: 'zfs-fuse',
  reason: 'zpool, zfs: a real ZFS in a process that the tests and the measures start and end',
  instead: ['zfsutils-linux', 'zfs', 'zfs-dkms'],
  module: 'zfs',
};

/**
 * Those that bring a system service, and would take the place of another package: never installed where that one is, and only their
 * programs are wanted, so nothing of them starts, now or at a boot. Newer releases of Debian do not have all of them.
 */
const programsOnly = {
  test: [zfsFuse],
  bench: [zfsFuse],
};

const purpose = process.argv[2] ?? '';
if (!(purpose in packages)) {
  console.error(`Usage: node build/debian-packages.js ${Object.keys(packages).join('|')}`);
  process.exit(2);
}
const wanted = Object.keys(packages[purpose]);

if (!isDebian()) {
  console.error(
    `This is not Debian. For "npm run ${purpose}" to leave nothing out, install what these packages`,
  );
  console.error(`hold there: ${wanted.join(' ')}`);
  process.exit(0);
}
const missing = notInstalled(wanted);
const programs = programsOnly[purpose].filter(({ name, instead, module }) => {
  const isElsewhere = notInstalled(instead).length < instead.length || existsSync(`/sys/module/${module}`);
  return !isElsewhere && notInstalled([name]).length > 0;
});
if (missing.length === 0 && !programs.some(isOffered)) process.exit(0);
if (process.geteuid() !== 0) {
  console.error(`Some of this needs Debian packages that are not installed, and root. As root, run:`);
  if (missing.length > 0)
    console.error(`  apt-get update && apt-get install --no-install-recommends ${missing.join(' ')}`);
  if (programs.some(isOffered)) console.error(`  node build/debian-packages.js ${purpose}`);
  process.exit(0);
}
const settings = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=2'];
const install = (...names) => aptGet('install', '--yes', '--no-install-recommends', ...settings, ...names);
const isUpdated = aptGet('update', ...settings);
const offered = programs.filter(isOffered);
console.error(`Installing Debian packages: ${[...missing, ...offered.map(({ name }) => name)].join(' ')}`);
for (const { name } of offered) installWithoutService(name);
if (!isUpdated || (missing.length > 0 && !install(...missing))) {
  console.error(`They could not be installed; what needs them is left out. The command was:`);
  console.error(`  apt-get update && apt-get install --no-install-recommends ${missing.join(' ')}`);
}

/** Debian or one that says it is like it: os-release(5). */
function isDebian() {
  let text;
  try {
    text = readFileSync('/etc/os-release', 'utf8');
  } catch {
    return false;
  }
  return /^ID(_LIKE)?="?([^"\n]* )?debian\b/m.test(text);
}

function notInstalled(names) {
  const format = '${Package} ${db:Status-Status}\n';
  // An unknown package makes dpkg-query fail, but it still tells about the others.
  const { stdout } = spawnSync('dpkg-query', ['--show', `--showformat=${format}`, ...names], {
    encoding: 'utf8',
  });
  const installed = new Set(
    (stdout ?? '').split('\n').flatMap((line) => {
      const [name, status] = line.split(' ');
      return status === 'installed' ? [name] : [];
    }),
  );
  return names.filter((name) => !installed.has(name));
}

/** As far as apt knows yet. */
function isOffered({ name }) {
  const { stdout } = spawnSync('apt-cache', ['policy', name], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  return /^\s*Candidate: (?!\(none\))/m.test(stdout ?? '');
}

/** While it is installed no service may start (invoke-rc.d and deb-systemd-invoke ask policy-rc.d), and its own is switched off then. */
function installWithoutService(name) {
  const policy = '/usr/sbin/policy-rc.d';
  const isOurs = !existsSync(policy);
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    if (!install('--no-remove', name)) console.error(`Without ${name} some tests are left out.`);
  } finally {
    if (isOurs) rmSync(policy);
  }
  const quiet = { stdio: 'ignore' };
  spawnSync('deb-systemd-helper', ['disable', `${name}.service`], quiet);
  spawnSync('update-rc.d', [name, 'disable'], quiet);
}

function aptGet(...args) {
  const { status } = spawnSync('apt-get', args, {
    // Standard output is for the results of the command that asked for this.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' },
  });
  return status === 0;
}
