/**
 * The face of every state of an update: one sentence, a line about it, and what one can do. It is a pure function of what the
 * services say, so that nothing is claimed that is not so. Every state has its face; a state without one is a type error.
 */
import type { AppState } from '../../shared/app.js';
import type { Problem } from '../../shared/errors.js';
import type { RunKind } from '../../shared/run.js';
import type { UpdateState } from '../../shared/state.js';
import type { Words } from '../words/vocabulary.js';
import type { Say } from '../words/say.js';

/** What a button does. */
export type Deed =
  | { readonly kind: 'go'; readonly step: WizardStep | null }
  | {
      readonly kind:
        'look' | 'connect' | 'cancel' | 'recover' | 'acknowledge' | 'rollback' | 'renew' | 'unschedule';
    };

/** Steps of the wizard that Home leads to. */
export type WizardStep = 'choose' | 'check' | 'rehearse' | 'review';

export interface Offer {
  readonly label: string;
  readonly deed: Deed;
}

export interface Face {
  readonly tone: 'fine' | 'waiting' | 'working' | 'ready' | 'attention' | 'trouble';
  readonly title: string;
  readonly detail: string;
  readonly primary: Offer | null;
  readonly others: readonly Offer[];
  readonly problem: Problem | null;
}

const to = (step: WizardStep | null): Deed => ({ kind: 'go', step });

export function faceOf(app: AppState, words: Words, say: Say, now: number): Face {
  const { update } = app;
  const plain = { primary: null, others: [], problem: null } satisfies Partial<Face>;
  const cancel: Offer = { label: words.parts.cancel, deed: { kind: 'cancel' } };
  const seen = (label: string): Offer => ({ label, deed: { kind: 'acknowledge' } });
  const { home } = words;

  switch (update.state) {
    case 'unknown':
      return unknownFace(app, words);
    case 'preparing':
      return { ...plain, tone: 'working', ...pick(home.preparing) };
    case 'idle':
      return idleFace(app, update, words, say, now);
    case 'planning':
      return { ...plain, tone: 'working', ...pick(home.planning), others: [cancel] };
    case 'planned': {
      const { title, detail, action } = home.planned;
      const primary = { label: action, deed: to('check') };
      return { ...plain, tone: 'waiting', title, detail: detail(update.changes), primary };
    }
    case 'blocked': {
      const primary = { label: home.blocked.action, deed: to('check') };
      return { ...plain, tone: 'attention', ...pick(home.blocked), primary, problem: update.problem };
    }
    case 'staging': {
      const { stopping, stoppingDetail, action } = home.staging;
      if (update.cancelling) return { ...plain, tone: 'working', title: stopping, detail: stoppingDetail };
      const primary = { label: action, deed: to('rehearse') };
      return { ...plain, tone: 'working', ...pick(home.staging), primary, others: [cancel] };
    }
    case 'staged':
      return stagedFace(update, words, say, now);
    case 'needs-decision': {
      const { title, detail, action } = home.needsDecision;
      const primary = { label: action, deed: to('review') };
      return { ...plain, tone: 'attention', title: title(update.undecided), detail, primary };
    }
    case 'switching':
      return { ...plain, tone: 'working', ...pick(home.switching) };
    case 'done': {
      const back: Offer = { label: home.rollBack, deed: { kind: 'rollback' } };
      const texts = inEffect(app, home.done);
      return { ...plain, ...texts, primary: seen(home.done.action), others: [back] };
    }
    case 'rolling-back':
      return { ...plain, tone: 'working', ...pick(home.rollingBack) };
    case 'rolled-back':
      return { ...plain, ...inEffect(app, home.rolledBack), primary: seen(home.rolledBack.action) };
    case 'failed':
      return failedFace(update, words);
    case 'interrupted': {
      const { title, detail, action } = home.interrupted;
      const primary: Offer = { label: action, deed: { kind: 'recover' } };
      return { ...plain, tone: 'attention', title: title[update.kind], detail, primary };
    }
    case 'recovering':
      return { ...plain, tone: 'working', ...pick(home.recovering) };
    case 'recovered': {
      const { title, back, forward, action } = home.recovered;
      const detail = (update.outcome === 'rolled-back' ? back : forward)[update.kind];
      return { ...plain, tone: 'fine', title, detail, primary: seen(action) };
    }
    case 'damaged':
      return { ...plain, tone: 'trouble', ...pick(home.damaged), problem: update.problem };
  }
}

function pick({ title, detail }: Texts) {
  return { title, detail };
}

interface Texts {
  readonly title: string;
  readonly detail: string;
}

/** Nothing that only a restart brings about is said to be so already. */
function inEffect({ status }: AppState, texts: Texts & { readonly waiting: Texts }) {
  return status?.restartPending
    ? ({ tone: 'ready', ...pick(texts.waiting) } as const)
    : ({ tone: 'fine', ...pick(texts) } as const);
}

function stagedFace(
  { interruptionSeconds, how, scheduled, scheduledAt, missed }: Extract<UpdateState, { state: 'staged' }>,
  { home: { staged } }: Words,
  say: Say,
  now: number,
): Face {
  const review: Offer = { label: staged.review, deed: to('review') };
  const toSwitch: Offer = { label: staged.action, deed: to('review') };
  const takeBack: Offer = { label: staged.takeBack, deed: { kind: 'unschedule' } };
  if (missed) {
    const when = say.within(missed.at, now);
    return {
      tone: 'attention',
      title: staged.missed,
      detail: missed.problem ? staged.missedDetail(when) : staged.missedOff(when),
      primary: toSwitch,
      others: [{ label: staged.later, deed: { kind: 'acknowledge' } }],
      problem: missed.problem,
    };
  }
  const face = { tone: 'ready', others: [], problem: null } as const;
  if (!scheduled)
    return {
      ...face,
      title: staged.title,
      detail: staged.detail(interruptionSeconds, how),
      primary: toSwitch,
    };
  const isAtHour = scheduledAt !== null;
  return {
    ...face,
    title: isAtHour ? staged.set(say.within(scheduledAt, now)) : staged.scheduled,
    detail: isAtHour ? staged.setDetail(how) : staged.scheduledDetail,
    primary: review,
    others: [takeBack],
  };
}

function unknownFace({ connection }: AppState, { home }: Words): Face {
  const none = { primary: null, others: [], problem: connection.problem };
  if (connection.state === 'absent') {
    const primary: Offer = { label: home.absent.action, deed: { kind: 'connect' } };
    return { ...none, tone: 'attention', ...pick(home.absent), primary };
  }
  return { ...none, tone: 'working', ...pick(home.connecting) };
}

function idleFace(
  { status }: AppState,
  { pending, security }: Extract<UpdateState, { state: 'idle' }>,
  { home }: Words,
  say: Say,
  now: number,
): Face {
  const look = (label: string): Offer => ({ label, deed: { kind: 'look' } });
  const none = { others: [], problem: null };
  if (pending === null) {
    const { title, detail, action } = home.uncounted;
    return { ...none, tone: 'waiting', title, detail, primary: look(action) };
  }
  if (pending === 0) {
    const { title, detail, never, action } = home.upToDate;
    const counted = status?.pending?.counted;
    return {
      ...none,
      tone: 'fine',
      title,
      detail: counted === undefined ? never : detail(say.ago(counted, now)),
      primary: look(action),
    };
  }
  const { title, detail, action } = home.waiting;
  return {
    ...none,
    tone: 'waiting',
    title: title(pending),
    detail: detail(security),
    primary: { label: action, deed: to('choose') },
  };
}

/** Where one goes on after a failure. */
const again: Readonly<Record<RunKind, Deed>> = {
  plan: to('choose'),
  stage: to('check'),
  decide: to('review'),
  activate: to('review'),
  rollback: { kind: 'rollback' },
  unschedule: { kind: 'acknowledge' },
  prune: { kind: 'acknowledge' },
  livepatch: { kind: 'acknowledge' },
  recover: { kind: 'recover' },
  settings: { kind: 'acknowledge' },
  practice: { kind: 'renew' },
};

function failedFace({ during, problem }: Extract<UpdateState, { state: 'failed' }>, words: Words): Face {
  const { failed, done } = words.home;
  const deed = again[during];
  const dismiss: Offer = { label: failed.dismiss, deed: { kind: 'acknowledge' } };
  // What was stopped on purpose is no failure.
  const wasStopped = problem.code === 'CANCELLED';
  return {
    tone: wasStopped ? 'fine' : 'trouble',
    title: wasStopped ? words.problems.codes.CANCELLED.sentence : failed.title,
    detail: wasStopped ? words.problems.codes.CANCELLED.hint : failed.during[during],
    primary: deed.kind === 'acknowledge' ? { label: done.action, deed } : { label: failed.action, deed },
    others: deed.kind === 'acknowledge' ? [] : [dismiss],
    problem: wasStopped ? null : problem,
  };
}
