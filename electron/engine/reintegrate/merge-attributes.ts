/** Owner, permissions and extended attributes, each a value of its own: a conflict only where both sides changed the same one. */
import type { Attributes } from './entry.js';
import { mergeValue, unrecorded, type Unrecorded } from './merge-value.js';

export interface MergedAttributes {
  /** With mine where there is a conflict. */
  readonly attributes: Attributes;
  /** Names of what both sides changed in different ways. */
  readonly conflicts: readonly string[];
}

const accessAcl = 'system.posix_acl_access';

export function mergeAttributes(
  base: Attributes | Unrecorded,
  mine: Attributes,
  theirs: Attributes,
): MergedAttributes {
  const conflicts: string[] = [];
  const merge = <T>(name: string, of: (side: Attributes) => T): T => {
    const result = mergeValue(base === unrecorded ? unrecorded : of(base), of(mine), of(theirs));
    if (result !== 'conflict') return result.value;
    conflicts.push(name);
    return of(mine);
  };
  const mode = merge('mode', (side) => side.mode);
  const [uid, gid] = [merge('owner', (side) => side.uid), merge('group', (side) => side.gid)];
  const names = new Set([...mine.xattrs.keys(), ...theirs.xattrs.keys()]);
  const xattrs = new Map<string, string>();
  for (const name of [...names].sort()) {
    const value = merge(name, (side) => side.xattrs.get(name));
    if (value !== undefined) xattrs.set(name, value);
  }
  // The group bits of the mode are the mask of the ACL (acl(5)): one side's mode does not go with the other side's ACL.
  const acl = xattrs.get(accessAcl);
  const fits = (side: Attributes): boolean => side.mode === mode && side.xattrs.get(accessAcl) === acl;
  if (acl !== undefined && conflicts.length === 0 && !fits(mine) && !fits(theirs)) conflicts.push(accessAcl);
  return { attributes: { mode, uid, gid, xattrs }, conflicts };
}
