/**
 * Other programs that bring live patches, which are only read, and only from files: what of theirs is in memory, and whether they bring it again at a
 * start. None of their commands is run, since some ask a server.
 */
import type { LivepatchReason, LivepatchSource } from '../../../../shared/livepatch.js';
import { plainView } from '../../environments/plain-view.js';
import type { TreeView } from '../../environments/environment.js';
import { textIn } from '../../inspect/read.js';
import { raw } from '../../posix/raw-path.js';

export interface Provider {
  readonly source: Exclude<LivepatchSource, 'understudy' | 'unknown'>;
  /** Whether a module in memory, or a patch of the kernel, is its. */
  readonly owns: (view: TreeView, release: string, name: string) => boolean;
  /** Any of these is there where it is installed. */
  readonly programs: readonly string[];
  /** Whether it brings the patch again. */
  readonly returns: (view: TreeView, release: string, name: string) => LivepatchReason;
}

/** Whether a target wants a unit, as `systemctl enable` notes it. */
export const isEnabled = (view: TreeView, unit: string): boolean =>
  ['multi-user', 'sysinit', 'basic', 'default', 'network-online'].some(
    (target) => view.locate(raw(`etc/systemd/system/${target}.target.wants/${unit}`)) !== undefined,
  );

/** kpatch(1), "kpatch install": modules for a release, which kpatch.service loads. */
const kpatchFile = (view: TreeView, release: string, name: string): boolean =>
  (view.list(raw(`var/lib/kpatch/${release}`)) ?? []).some(
    (file) => file.endsWith('.ko') && file.slice(0, -3).replaceAll('-', '_') === name,
  );

export const providers: readonly Provider[] = [
  {
    source: 'kpatch',
    programs: ['usr/sbin/kpatch', 'usr/bin/kpatch'],
    owns: (view, release, name) => /^kpatch_/.test(name) || kpatchFile(view, release, name),
    returns: (view, release, name) => {
      if (!kpatchFile(view, release, name)) return 'memory-only';
      return isEnabled(view, 'kpatch.service') ? 'provider' : 'provider-off';
    },
  },
  {
    source: 'canonical-livepatch',
    programs: ['snap/bin/canonical-livepatch', 'usr/bin/canonical-livepatch'],
    // Its modules are named for Ubuntu's kernels.
    owns: (_view, _release, name) => /^lkp_Ubuntu/.test(name),
    returns: (view) =>
      isEnabled(view, 'snap.canonical-livepatch.canonical-livepatchd.service') ? 'provider' : 'provider-off',
  },
  {
    source: 'ksplice',
    programs: ['usr/sbin/uptrack-show', 'usr/sbin/ksplice', 'usr/bin/ksplice'],
    owns: (_view, _release, name) => /^ksplice_/.test(name),
    // uptrack.conf: the level of before for the same kernel, or everything for any.
    returns: (view) =>
      isSet(view, 'install_on_reboot', true) || isSet(view, 'upgrade_on_reboot', false)
        ? 'provider'
        : 'provider-off',
  },
  {
    source: 'kernelcare',
    programs: ['usr/bin/kcarectl'],
    owns: (_view, _release, name) => /^kcare/.test(name),
    returns: (view) => (isEnabled(view, 'kcare.service') ? 'provider' : 'provider-off'),
  },
];

/** Those that are installed in a root. */
export function installedProviders(root: ReturnType<typeof raw>): Provider[] {
  const view = plainView(root);
  return providers.filter(({ programs }) => programs.some((path) => view.locate(raw(path)) !== undefined));
}

/** A setting of uptrack.conf, in its section `[Settings]`. */
function isSet(view: TreeView, key: string, byDefault: boolean): boolean {
  const text = textIn(view, 'etc/uptrack/uptrack.conf') ?? '';
  const settings = /^\[Settings\]$([^[]*)/m.exec(text)?.[1] ?? '';
  const value = new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)`, 'm').exec(settings)?.[1];
  return value === undefined ? byDefault : /^(yes|true|on|1)$/i.test(value);
}
