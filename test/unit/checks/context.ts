/** A check's context over a fixture. */
import type { Plan } from '../../../shared/plan.js';
import type { CheckContext } from '../../../electron/engine/checks/check.js';
import type { Fixture } from '../inspect/fixture.js';
import { packages } from './packages.js';

export function context(machine: Fixture, more: Partial<CheckContext> = {}): CheckContext {
  return {
    system: machine.system(),
    view: machine.view,
    packages: packages(),
    plan: undefined,
    openTransaction: () => undefined,
    sources: machine.sources,
    ...more,
  };
}

const mega = 1_000_000;

export function plan(more: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    id: 'plan-0123',
    scope: 'all',
    selected: [],
    created: '2026-11-20T11:00:00Z',
    packageManager: 'apt',
    changes: [],
    kept: [],
    downloadBytes: mega,
    installedBytes: mega,
    services: [],
    activation: { how: 'live', reason: 'no kernel', interruptionSeconds: 0 },
    restorePoint: { holds: [], bytes: mega },
    needs: { download: mega, staging: mega, boot: 0 },
    databaseDigest: 'abc',
    ...more,
  };
}

export const newKernel: Plan['changes'][number] = {
  action: 'install',
  name: 'linux-image-6.1.0-42-amd64',
  architecture: 'amd64',
  from: null,
  to: '6.1.200-1',
  downloadBytes: mega,
  installedBytes: mega,
  security: true,
  kernel: true,
  origin: 'Debian-Security',
};
