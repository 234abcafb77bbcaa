/** What can be wrong with a merge of the identity databases: stable codes. Only names and numbers are told, never a password. */
import { display, type RawPath } from '../../posix/raw-path.js';
import type { DatabaseName } from './databases.js';

const sentences = {
  CHANGED_BY_BOTH: 'was changed on both sides, in different ways',
  ADDED_BY_BOTH: 'was added on both sides, and differs',
  REMOVED_AND_CHANGED: 'was removed on one side and changed on the other',
  NO_RECORD: 'differs, and what it was before is not known',
  NO_FILE: 'is no regular file on every side',
  ROOT_MISSING: 'is not there with the number 0',
  ROOT_ALONE: 'is all that the new version has',
  LOGIN_LOST: 'could log in before, and could not any more',
  ID_REUSED: 'would get a number that belongs to another',
  ID_SHARED: 'would have the number of another',
  ID_VANISHED: 'would be gone, though nobody removed it',
  GROUP_MISSING: 'would have a primary group that does not exist',
  MEMBER_MISSING: 'would have a member that does not exist',
  OUT_OF_STEP: 'would not agree with its other half',
  RANGE_SHARED: 'would share numbers with another',
} as const;

export type AccountCode = keyof typeof sentences;

export interface AccountProblem {
  readonly code: AccountCode;
  readonly database: DatabaseName;
  /** The account, group, or number. */
  readonly name: string;
  readonly sentence: string;
}

export function problemAbout(
  code: AccountCode,
  database: DatabaseName,
  name: string,
  more?: string,
): AccountProblem {
  const who = name === '' ? '' : ` ${display(name as RawPath)}`;
  const detail = more === undefined ? '' : ` (${display(more as RawPath)})`;
  return { code, database, name, sentence: `${database}:${who} ${sentences[code]}${detail}.` };
}
