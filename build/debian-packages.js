/**
 * The Debian packages that the tests and the measures use beyond Node: `node build/debian-packages.js test|bench`.
 *
 * As root on Debian (or a relative of it) what is missing is installed. Elsewhere the command that would do it is printed, and the work goes
 * on: a test whose tool is missing is skipped and says so. The program itself (`npm start`) needs none of these.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

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
    cpio: 'to look into an initramfs',
    'desktop-file-utils': 'desktop-file-validate: checks the entries of the desktop',
    dosfstools: 'mkfs.vfat: another',
    e2fsprogs: 'mkfs.ext4: another',
    gcc: 'compiles small programs and libraries whose loading is proved',
    gpgv: 'checks the signatures of the archives that are built on the spot',
    'libarchive-tools': 'bsdtar: reads the manifests, and is the peer in the measures',
    'libc6-dev': 'what gcc needs to link them',
    'libcap2-bin': 'setcap, getcap: file capabilities must survive',
    'libxml2-utils': "xmllint: compares the polkit policy with polkit's document type",
    mmdebstrap: 'real Debian root trees with real pending updates',
    mount: 'mount, umount, losetup',
    'mtree-netbsd': 'mtree: reads and checks the manifests',
    polkitd: "the document type of polkit's policies",
    'qemu-system-x86': 'virtual machines: the installed helper in a whole system',
    systemd: 'systemd-analyze: verifies units',
    uidmap: 'newuidmap: user namespaces with more than one user',
    'util-linux': 'unshare, nsenter, flock',
    xfsprogs: 'mkfs.xfs: another',
    'xz-utils': 'xz: a compression of the initramfs',
    zstd: 'zstd: another',
  },
  bench: {
    'btrfs-progs': 'mkfs.btrfs: where snapper keeps its snapshots',
    chromium: 'the browser in which the app is measured, driven by playwright-core',
    'libarchive-tools': 'bsdtar: the peer of the manifest',
    mmdebstrap: 'the root trees that are measured',
    mount: 'mount, umount',
    'mtree-netbsd': 'mtree: another peer of the manifest',
    snapper: 'snapper: the peer of the helper',
    'util-linux': 'unshare',
  },
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
if (missing.length === 0) process.exit(0);
if (process.geteuid() !== 0) {
  console.error(`Some of this needs Debian packages that are not installed, and root. As root, run:`);
  console.error(`  apt-get update && apt-get install --no-install-recommends ${missing.join(' ')}`);
  process.exit(0);
}
console.error(`Installing Debian packages: ${missing.join(' ')}`);
const settings = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=2'];
const isInstalled =
  aptGet('update', ...settings) &&
  aptGet('install', '--yes', '--no-install-recommends', ...settings, ...missing);
if (!isInstalled) {
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

function aptGet(...args) {
  const { status } = spawnSync('apt-get', args, {
    // Standard output is for the results of the command that asked for this.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' },
  });
  return status === 0;
}
