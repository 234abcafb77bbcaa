/**
 * Who owns a file of the machine. In a user namespace the machine's accounts are not mapped and every file seems to belong to
 * "nobody"; so whoever enters one looks first, and takes along the few owners that are not root.
 */
import type { BigIntStats } from 'node:fs';
import { z } from 'zod';
import { statusOf } from '../environments/tree/overlay-view.js';
import { join, type RawPath } from '../posix/raw-path.js';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}
export type Owners = (path: RawPath, status: BigIntStats) => Owner;

export const notRootSchema = z.record(z.string(), z.tuple([z.number(), z.number()]));
export type NotRoot = z.infer<typeof notRootSchema>;

/** As the file system tells. */
export const realOwners: Owners = (_path, { uid, gid }) => ({ uid: Number(uid), gid: Number(gid) });

/** The entries among `paths` (relative to `/`) that do not belong to root alone. */
export function notRoot(paths: readonly RawPath[]): NotRoot {
  const found: NotRoot = {};
  for (const path of paths) {
    const status = statusOf(join('/' as RawPath, path));
    if (status && (status.uid !== 0 || status.gid !== 0)) found[path] = [status.uid, status.gid];
  }
  return found;
}

/** Owners as they were noted outside; everything else is root's. */
export function notedOwners(noted: NotRoot): Owners {
  return (path) => {
    const [uid, gid] = noted[path] ?? [0, 0];
    return { uid, gid };
  };
}
