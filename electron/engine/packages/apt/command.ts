/** How apt's commands are called, and the environment in which no package script can ask anything. */
import type { PackageChange } from '../../../../shared/plan.js';

export const scriptEnvironment: Readonly<Record<string, string>> = {
  DEBIAN_FRONTEND: 'noninteractive',
  DEBIAN_PRIORITY: 'critical',
  DEBCONF_NONINTERACTIVE_SEEN: 'true',
  APT_LISTCHANGES_FRONTEND: 'none',
  // It would ask a server, and its failure would stop the run; the rehearsal has no network.
  APT_LISTBUGS_FRONTEND: 'none',
  NEEDRESTART_SUSPEND: '1',
  NEEDRESTART_MODE: 'l',
  UCF_FORCE_CONFFOLD: '1',
};

/** An exact version as apt-get takes it. Packages for all architectures are named without one. */
export function exactly(name: string, architecture: string, version: string): string {
  return architecture === 'all' ? `${name}=${version}` : `${name}:${architecture}=${version}`;
}

/** What apt-get must be told to do exactly the given changes, and may be told only because the plan has it. */
export function changeArguments(changes: readonly PackageChange[]): string[] {
  const has = (action: PackageChange['action']): boolean =>
    changes.some((change) => change.action === action);
  return [
    ...(has('remove') ? [] : ['--no-remove']),
    ...(has('downgrade') ? ['--allow-downgrades'] : []),
    ...(has('reinstall') ? ['--reinstall'] : []),
    // The changes name every package: nothing is to be added or taken away beside them. New ones were brought in by others,
    // and a package that was upgraded keeps its own mark.
    ...['-o', 'APT::Install-Recommends=false', '-o', 'APT::Get::AutomaticRemove=false', '--mark-auto'],
    'install',
    ...changes.map(({ name, architecture, to }) =>
      to === null
        ? `${architecture === 'all' ? name : `${name}:${architecture}`}-`
        : exactly(name, architecture, to),
    ),
  ];
}
