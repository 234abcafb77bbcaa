/** How the bar of restore points is divided: against the limit, or against their sum where that is more or no limit is known. */
import type { RestorePoint } from '../../shared/history.js';

export interface Share {
  readonly point: RestorePoint;
  /** 0 to 1 of the bar. */
  readonly share: number;
}

export function sharesOf(points: readonly RestorePoint[], limit: number | null): readonly Share[] {
  const used = points.reduce((sum, { ownBytes }) => sum + Math.max(0, ownBytes), 0);
  const whole = Math.max(used, limit ?? 0);
  return points.map((point) => ({ point, share: whole === 0 ? 0 : Math.max(0, point.ownBytes) / whole }));
}

/** What goes when only the newest `keep` stay: what is in use always stays. `points` are the newest first. */
export function removedBy(points: readonly RestorePoint[], keep: number): readonly RestorePoint[] {
  return points.slice(keep).filter(({ inUse }) => !inUse);
}
