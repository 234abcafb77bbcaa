/** Ids that sort by time: `stage-20261120-124500-3f9a`. They name files, so their form is checked wherever they come in. */
import { randomBytes } from 'node:crypto';
import type { TransactionKind } from '../../../shared/history.js';
import { idSchema } from '../../../shared/plan.js';
import type { ErrorCode } from '../../../shared/errors.js';
import { Fault } from '../fault.js';

export function newId(prefix: TransactionKind | 'point' | 'fetch' | 'identity', now = new Date()): string {
  const [date, time] = now.toISOString().replace(/[-:]/g, '').split('T');
  return `${prefix}-${date}-${time?.slice(0, 6)}-${randomBytes(3).toString('hex')}`;
}

/** Throws `unknown` for anything that cannot be an id, such as a path. */
export function checkedId(id: string, unknown: ErrorCode): string {
  if (!idSchema.safeParse(id).success) throw new Fault(unknown, JSON.stringify(id.slice(0, 80)));
  return id;
}
