/**
 * The vocabulary of the app. English says which texts there are; `Words` is its shape, and every other language has to bring
 * all of it: a missing or surplus text is a type error.
 */
import type { Say } from './say.js';
import { changelog } from './en/changelog.js';
import { history } from './en/history.js';
import { home } from './en/home.js';
import { kernel } from './en/kernel.js';
import { log } from './en/log.js';
import { parts } from './en/parts.js';
import { problems } from './en/problems.js';
import { progress } from './en/progress.js';
import { rollback } from './en/rollback.js';
import { settings } from './en/settings.js';
import { shell } from './en/shell.js';
import { terms } from './en/terms.js';
import { wizard } from './en/wizard.js';

export const english = (say: Say) => ({
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

export type Words = ReturnType<typeof english>;
