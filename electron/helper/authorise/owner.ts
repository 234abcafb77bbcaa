/**
 * For a helper that serves one user: one that was started on demand, after that user proved to be allowed to be root, or one that runs as
 * the user alone. The kernel tells who connects; root is always admitted.
 */
import { problem } from '../../../shared/errors.js';
import type { Authorisation } from './authorisation.js';

export function ownerOnly(owner: number): Authorisation {
  const admits = (uid: number): boolean => uid === owner || uid === 0;
  return {
    admits,
    ask: ({ peer }) => Promise.resolve(admits(peer.uid) ? undefined : problem('NOT_AUTHORISED')),
  };
}
