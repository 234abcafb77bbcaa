/** What a button can do about a check: only where the contract has an operation for it. */
import type { CheckResult } from '../../../shared/check.js';
import type { Status } from '../../../shared/status.js';

export type Fix = 'free-space' | 'recover' | 'look-again' | 'check-again';

export function fixFor({ id, result }: CheckResult, status: Status | null): Fix | null {
  if (result === 'pass') return null;
  switch (id) {
    case 'room':
      // The newest restore point is never removed.
      return (status?.restorePoints.count ?? 0) > 1 ? 'free-space' : 'check-again';
    case 'open-transaction':
      return status?.interrupted ? 'recover' : 'check-again';
    case 'archive':
      return 'look-again';
    case 'lock-held':
    case 'power':
    case 'clock':
    case 'boot-room':
      return 'check-again';
    default:
      return null;
  }
}
