/** The user's own folders of the app, by the XDG Base Directory Specification: a path that is not absolute is ignored. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface StoreFolders {
  /** Preferences. */
  readonly config: string;
  /** What can be lost without harm, but should survive a restart: the view of the history, what was seen and told. */
  readonly state: string;
}

export function storeFolders(environment: NodeJS.ProcessEnv = process.env, home = homedir()): StoreFolders {
  const folder = (given: string | undefined, usual: string): string =>
    join(given?.startsWith('/') === true ? given : join(home, usual), 'understudy');
  return {
    config: folder(environment['XDG_CONFIG_HOME'], '.config'),
    state: folder(environment['XDG_STATE_HOME'], '.local/state'),
  };
}
