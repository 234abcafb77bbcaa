/** The helper keeps the log of its newest run alone. Whether that was this entry's run shows in the times: a run encloses its transaction. */
import type { HistoryEntry } from '../../shared/history.js';
import type { RunKind } from '../../shared/run.js';
import type { Status } from '../../shared/status.js';

const kinds: Readonly<Record<HistoryEntry['kind'], readonly RunKind[]>> = {
  stage: ['stage'],
  activate: ['activate'],
  rollback: ['rollback'],
  prune: ['prune'],
  load: ['livepatch'],
  unload: ['livepatch'],
};

export function isOfLastRun(entry: HistoryEntry, status: Status | null): boolean {
  const run = status?.run ?? status?.last;
  if (!run || !kinds[entry.kind].includes(run.kind)) return false;
  const [began, ended] = [Date.parse(run.started), 'ended' in run ? Date.parse(run.ended) : Infinity];
  const started = Date.parse(entry.started);
  return started >= began && started <= ended;
}
