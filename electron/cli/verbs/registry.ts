/** Every verb, in the order in which an update uses them. */
import { activate } from './activate.js';
import { backup } from './backup.js';
import { changelog } from './changelog.js';
import { check } from './check.js';
import { decide } from './decide.js';
import { environments } from './environments.js';
import { health } from './health.js';
import { helpVerb } from './help.js';
import { history } from './history.js';
import { inspect } from './inspect.js';
import { livepatch } from './livepatch.js';
import { merge } from './merge.js';
import { modules } from './modules.js';
import { plan } from './plan.js';
import { practice } from './practice.js';
import { prune } from './prune.js';
import { recover } from './recover.js';
import { review } from './review.js';
import { rollback } from './rollback.js';
import { settings } from './settings.js';
import { stage } from './stage.js';
import { status } from './status.js';
import { serve } from './serve.js';
import type { Verb } from './verb.js';
import { version } from './version.js';

export const verbs: readonly Verb[] = [
  status,
  inspect,
  check,
  plan,
  stage,
  review,
  decide,
  changelog,
  activate,
  rollback,
  history,
  environments,
  modules,
  livepatch,
  backup,
  recover,
  health,
  prune,
  settings,
  merge,
  practice,
  serve,
  helpVerb(() => verbs),
  version,
];
