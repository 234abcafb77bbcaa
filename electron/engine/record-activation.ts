/** Completes the restore point of a switch: from then on it can be returned to. Used by the switch and by its recovery. */
import type { Engine } from './engine.js';
import type { Switch } from './environments/environment.js';
import { writeManifest } from './manifest/write.js';
import { manifestAfter, writeRestorePoint } from './records/restore-points.js';
import type { StageRecord } from './records/stages.js';
import { scanEnvironment } from './scan-environment.js';

export interface After {
  readonly restorePoint: string;
  readonly transaction: string;
  readonly ownBytes: number;
  readonly switch: Pick<Switch, 'isInEffect' | 'viewAfter'>;
}

/** Records the system as the update left it, and what the restore point is called and costs. */
export async function recordAfter(engine: Engine, record: StageRecord, after: After): Promise<void> {
  const { system, packages } = engine;
  if (after.switch.isInEffect()) await recordManifestAfter(engine, after.restorePoint);
  const current = after.switch.viewAfter();
  const installed: Record<string, string> = {};
  for (const { name, architecture, version } of packages.installed(current))
    installed[`${name}:${architecture}`] = version;
  writeRestorePoint(system, {
    version: 1,
    id: after.restorePoint,
    created: new Date().toISOString(),
    title: `Before updating ${packagesOf(record.plan)}`,
    transaction: after.transaction,
    stage: record.id,
    packages: record.plan.changes,
    ownBytes: after.ownBytes,
    installed,
    databaseDigest: packages.databaseDigest(current),
  });
}

/** What differs from it later was changed since. Written once the new environment is the one that is scanned. */
export async function recordManifestAfter(engine: Engine, restorePoint: string): Promise<void> {
  await writeManifest(manifestAfter(engine.system, restorePoint), scanEnvironment(engine, { hash: false }));
}

/** What the packages of a plan are, in words. */
export function packagesOf({ changes }: StageRecord['plan']): string {
  const count = changes.length;
  const kernel = changes.find((change) => change.kernel && change.to !== null);
  return `${count} ${count === 1 ? 'package' : 'packages'}${kernel ? `, ${kernel.name} among them` : ''}`;
}
