/** German, complete: its type says so. */
import type { Say } from './say.js';
import type { Words } from './vocabulary.js';
import { changelog } from './de/changelog.js';
import { history } from './de/history.js';
import { home } from './de/home.js';
import { kernel } from './de/kernel.js';
import { log } from './de/log.js';
import { parts } from './de/parts.js';
import { problems } from './de/problems.js';
import { progress } from './de/progress.js';
import { rollback } from './de/rollback.js';
import { settings } from './de/settings.js';
import { shell } from './de/shell.js';
import { terms } from './de/terms.js';
import { wizard } from './de/wizard.js';

export const german = (say: Say): Words => ({
  shell: shell(say),
  terms: terms(say),
  parts: parts(say),
  progress: progress(say),
  problems: problems(),
  log: log(say),
  changelog: changelog(),
  home: home(say),
  rollback: rollback(say),
  history: history(say),
  kernel: kernel(say),
  settings: settings(say),
  wizard: wizard(say),
});
