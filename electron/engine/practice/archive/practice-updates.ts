/**
 * The packages of the practice archive: version 1, which is installed first, and version 2, the updates. Together they show
 * every kind of change that Understudy handles; each package is there for one of them.
 */
import { gzipSync } from 'node:zlib';
import type { TreeView } from '../../environments/environment.js';
import type { RawPath } from '../../posix/raw-path.js';
import { initramfsContent, kernelEntries } from './kernel.js';
import type { PackageSpec } from './package.js';
import { laterRelease, practiceProgram } from './program.js';

export interface PracticePackages {
  readonly installed: readonly PackageSpec[];
  readonly updates: readonly PackageSpec[];
  /** Names of those updates that come from the suite for security updates. */
  readonly security: readonly string[];
}

const first = '1.0-1';
const second = '1.1-1';

/** The configuration file that the package changes too, and what the "user" adds to it meanwhile. */
export const editedConffile = 'etc/understudy-practice/settings.conf' as RawPath;
export const userEdit = '# added by the user\ncolour = green\n';

/** The packages for the tree; `architecture` is dpkg's name of it. */
export function practiceUpdates(view: TreeView, architecture: string): PracticePackages {
  const both = (make: (version: string) => PackageSpec): [PackageSpec, PackageSpec] => [
    make(first),
    make(second),
  ];
  const pairs = [both(settings), both(account), both(service), both(capability), both(kernel)];
  const images = [kernelImage(releaseOf(first)), kernelImage(releaseOf(second))] as const;
  const program = programPackages(view, architecture);
  return {
    installed: [...pairs.map(([old]) => old), images[0], ...program.installed].map(withChangelog),
    updates: [...pairs.map(([, later]) => later), images[1], ...program.updates].map(withChangelog),
    security: program.updates.map(({ name }) => name),
  };
}

/** As packages of Debian have one (Debian policy, 12.7), so that what is new can be read without a network. */
function withChangelog(spec: PackageSpec): PackageSpec {
  const { name, version, summary = name } = spec;
  const entry = (of: string, words: string): string =>
    `${name} (${of}) practice; urgency=medium\n\n  * ${words}\n\n -- Understudy <understudy@localhost>  Thu, 01 Jan 2026 00:00:00 +0000\n`;
  const subject = summary.replace(/^practice: /, '');
  const text = [
    ...(version === first ? [] : [entry(version, `A newer release, to try an update of: ${subject}.`)]),
    entry(first, `First release: ${subject}.`),
  ].join('\n');
  const path = `usr/share/doc/${name}/changelog.Debian.gz`;
  return { ...spec, entries: [...(spec.entries ?? []), { path, content: gzipSync(text) }] };
}

/** A configuration file that the user edits too, and one that only the package changes. */
function settings(version: string): PackageSpec {
  const later = version === second;
  return {
    name: 'understudy-practice-settings',
    version,
    architecture: 'all',
    summary: 'practice: configuration files',
    entries: [
      { path: editedConffile, content: `# practice settings\nspeed = ${later ? 20 : 10}\nshape = round\n` },
      { path: 'etc/understudy-practice/untouched.conf', content: `level = ${later ? 2 : 1}\n` },
    ],
    conffiles: [editedConffile, 'etc/understudy-practice/untouched.conf'],
  };
}

/** A system account, which the update adds, with a folder of its own. */
function account(version: string): PackageSpec {
  const user = 'understudy-practice';
  const home = `/var/lib/${user}`;
  const create = `
if ! grep -q '^${user}:' /etc/passwd; then
  if command -v useradd >/dev/null; then
    useradd --system --user-group --home-dir ${home} --no-create-home --shell /usr/sbin/nologin ${user}
  elif command -v adduser >/dev/null; then
    adduser --system --group --home ${home} --no-create-home --quiet ${user}
  else
    echo "no tool to add an account" >&2
    exit 1
  fi
fi
mkdir -p ${home}
chown ${user}:${user} ${home}`;
  return {
    name: 'understudy-practice-account',
    version,
    architecture: 'all',
    summary: 'practice: a system account',
    entries: [{ path: 'usr/share/understudy-practice/account', content: `release ${version}\n` }],
    ...(version === second ? { scripts: { postinst: `set -e${create}` } } : {}),
  };
}

/** A service that is enabled; the update changes it and adds a timer. */
function service(version: string): PackageSpec {
  const unit = 'understudy-practice.service';
  const wants = '/etc/systemd/system/multi-user.target.wants';
  return {
    name: 'understudy-practice-service',
    version,
    architecture: 'all',
    summary: 'practice: a service',
    entries: [
      {
        path: `usr/lib/systemd/system/${unit}`,
        content: [
          '[Unit]',
          `Description=Understudy practice service ${version}`,
          '',
          '[Service]',
          'Type=oneshot',
          'ExecStart=/usr/bin/true',
          '',
          '[Install]',
          'WantedBy=multi-user.target',
          '',
        ].join('\n'),
      },
      ...(version === second
        ? [
            {
              path: 'usr/lib/systemd/system/understudy-practice.timer',
              content: '[Unit]\nDescription=Understudy practice timer\n\n[Timer]\nOnCalendar=daily\n',
            },
          ]
        : []),
    ],
    scripts: {
      postinst: `set -e\nmkdir -p ${wants}\nln -sf /usr/lib/systemd/system/${unit} ${wants}/${unit}`,
      postrm: `rm -f ${wants}/${unit}`,
    },
  };
}

/** A file with a capability, which the update gives it. */
function capability(version: string): PackageSpec {
  const file = '/usr/bin/understudy-practice-listen';
  return {
    name: 'understudy-practice-capability',
    version,
    architecture: 'all',
    summary: 'practice: a file with a capability',
    entries: [{ path: file.slice(1), content: `#!/bin/sh\necho ${version}\n`, mode: 0o755 }],
    ...(version === second ? { scripts: { postinst: setCapability(file) } } : {}),
  };
}

/**
 * `setcap` where it is; else perl, which every Debian system has, makes the system call itself: setxattr(2) of
 * `security.capability` with a struct vfs_cap_data of revision 2 (linux/capability.h) for CAP_NET_BIND_SERVICE (bit 10).
 */
function setCapability(file: string): string {
  return `set -e
if command -v setcap >/dev/null; then
  setcap cap_net_bind_service=ep ${file}
else
  perl -e '
    my %number = (x86_64 => 188, aarch64 => 5, riscv64 => 5, i686 => 226, armv7l => 226, ppc64le => 209, s390x => 224);
    my ($machine) = \`uname -m\` =~ /(\\S+)/;
    my $call = $number{$machine} or die "no number of setxattr for $machine";
    my ($file, $name) = ("${file}", "security.capability");
    my $value = pack("V5", 0x02000001, 1 << 10, 0, 0, 0);
    syscall($call, $file, $name, $value, length($value), 0) == 0 or die "setxattr: $!";
  '
fi`;
}

/** The package that follows the newest kernel, as `linux-image-amd64` does. */
function kernel(version: string): PackageSpec {
  return {
    name: 'understudy-practice-kernel',
    version,
    architecture: 'all',
    summary: 'practice: follows the newest practice kernel',
    fields: { Section: 'kernel', Provides: 'linux-image', Depends: kernelName(releaseOf(version)) },
    entries: [{ path: 'usr/share/understudy-practice/kernel', content: `${releaseOf(version)}\n` }],
  };
}

/** A kernel: a package of its own for each release, so that an update keeps the older one. */
function kernelImage(release: string): PackageSpec {
  const initramfs = `/boot/initrd.img-${release}`;
  return {
    name: kernelName(release),
    version: '1',
    architecture: 'all',
    summary: 'practice: looks like a kernel, and is none',
    fields: { Section: 'kernel', Provides: 'linux-image' },
    entries: kernelEntries(release),
    scripts: {
      postinst: `set -e\ngzip -n < /${initramfsContent(release)} > ${initramfs}`,
      postrm: `rm -f ${initramfs}`,
    },
  };
}

function releaseOf(version: string): string {
  return version === first ? '6.1.0-1-practice' : '6.1.0-2-practice';
}

function kernelName(release: string): string {
  return `understudy-practice-kernel-${release}`;
}

/** A library and a program that needs exactly its version. */
function programPackages(
  view: TreeView,
  architecture: string,
): Pick<PracticePackages, 'installed' | 'updates'> {
  const parts = practiceProgram(view);
  if (!parts) return { installed: [], updates: [] };
  const make = (version: string): PackageSpec[] => [
    {
      name: 'understudy-practice-library',
      version,
      architecture,
      summary: 'practice: a library',
      entries: [{ path: parts.libraryPath, content: laterRelease(parts.library, version) }],
      triggers: ['activate-noawait ldconfig'],
    },
    {
      name: 'understudy-practice-program',
      version,
      architecture,
      summary: 'practice: a program that uses the library',
      fields: { Depends: `understudy-practice-library (= ${version})` },
      entries: [
        { path: 'usr/bin/understudy-practice', content: parts.program, mode: 0o755 },
        { path: 'usr/share/understudy-practice/program', content: `release ${version}\n` },
      ],
    },
  ];
  return { installed: make(first), updates: make(second) };
}
