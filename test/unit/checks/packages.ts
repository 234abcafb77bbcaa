/** A package manager whose answers a test gives: the checks know nothing else of one. */
import type { InstalledPackage, PackageManager } from '../../../electron/engine/packages/package-manager.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';

const notAsked = (): never => {
  throw new Error('no check asks for this');
};

export function installed(name: string, more: Partial<InstalledPackage> = {}): InstalledPackage {
  return { name, architecture: 'amd64', version: '1', complete: true, held: false, ...more };
}

export function packages(answers: Partial<PackageManager> = {}): PackageManager {
  return {
    name: 'apt',
    database: [raw('var/lib/dpkg')],
    locks: [raw('var/lib/dpkg/lock-frontend'), raw('var/lib/dpkg/lock')],
    locking: 'record',
    caches: [],
    marksSecurity: true,
    manages: () => true,
    binds: notAsked,
    databaseDigest: notAsked,
    installed: () => [installed('base-files'), installed('libc6')],
    interrupted: () => false,
    indexDate: () => new Date(Date.UTC(2026, 10, 20, 6)),
    filesOf: notAsked,
    pending: () => Promise.resolve([]),
    refresh: notAsked,
    resolve: notAsked,
    download: notAsked,
    apply: notAsked,
    audit: notAsked,
    conflicts: notAsked,
    nameBeside: notAsked,
    ...answers,
  };
}
