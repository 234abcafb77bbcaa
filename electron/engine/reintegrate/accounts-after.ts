/**
 * Whether the accounts agree after a start in another environment, whoever made them: compared with those that people relied on until the start.
 * What the update or the return itself removed is no problem, as long as no person loses a login by it.
 */
import { plainView } from '../environments/plain-view.js';
import type { RawPath } from '../posix/raw-path.js';
import { contentsOf } from './account-files.js';
import { readAccounts, type Accounts } from './accounts/accounts.js';
import { accountProblems } from './accounts/invariants.js';
import type { AccountProblem } from './accounts/problems.js';
import { withoutLinks } from './sides.js';

export interface AccountTrees {
  /** As it was when the tree that runs was made of it, and when people last worked in it. */
  readonly before: RawPath;
  readonly late: RawPath;
  readonly here: RawPath;
}

/** A sentence each; empty where all is well. What cannot be read must not keep a system from starting: that is told, too. */
export function accountsAfter(trees: AccountTrees): string[] {
  try {
    const [base, mine] = [accountsIn(trees.before), accountsIn(trees.late)];
    const now = accountsIn(trees.here);
    const wasRemoved = ({ code, database, name }: AccountProblem): boolean => {
      if (code === 'ID_VANISHED') return (database === 'passwd' ? base.uids : base.gids).has(Number(name));
      // That of a service, which came or goes with its package.
      return code === 'LOGIN_LOST' && !now.users.has(name) && isService(base.users.get(name)?.uid);
    };
    return accountProblems(now, { mine })
      .filter((found) => !wasRemoved(found))
      .map(({ sentence }) => sentence);
  } catch (error) {
    return [`The accounts could not be looked at: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** SYS_UID_MAX of login.defs(5). */
const isService = (uid: number | undefined): boolean => uid !== undefined && uid > 0 && uid < 1000;

const accountsIn = (tree: RawPath): Accounts =>
  readAccounts(contentsOf(withoutLinks(plainView(tree)), 'etc' as RawPath));
