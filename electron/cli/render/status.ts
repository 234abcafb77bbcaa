/** The one state of the update, and what stands around it. */
import type { Problem } from '../../../shared/errors.js';
import type { UpdateState } from '../../../shared/state.js';
import type { Status } from '../../../shared/status.js';
import type { NotDue } from '../automatic-stage.js';
import { heading, paint, type Look, type Tone } from '../text/look.js';
import { count, duration, moment, size } from '../text/measure.js';
import { facts } from '../text/table.js';
import { wrap } from '../text/width.js';
import type { StatusAnswer } from '../verbs/status.js';
import { arrivalLines, whenWords } from './results.js';
import { scheduleWords } from './schedule.js';

export function statusLines({ update, status, schedule, connection }: StatusAnswer, look: Look): string[] {
  const { tone, sentence, next } = faceOf(update, look);
  const { restorePoint, restorePoints, pending } = status;
  return [
    paint(look, tone, sentence),
    ...(next === null ? [] : [next]),
    ...(status.restartPending
      ? [paint(look, 'warning', 'What was switched to runs after the next restart.')]
      : []),
    ...heldBackLines(status.heldBack, look),
    ...(status.latest?.arrival ? ['', ...arrivalLines(status.latest.arrival, look)] : ['']),
    ...facts(look, [
      [
        'Waiting',
        pending
          ? `${count(pending.updates, 'update')}, ${pending.security} of them for security`
          : 'not counted; see "inspect"',
      ],
      ['Automatic', scheduleWords(schedule)],
      ['Restore point', restorePoint ? `${restorePoint.id}, ${moment(restorePoint.created)}` : 'none'],
      ['On the disk', `${count(restorePoints.count, 'restore point')}, ${size(restorePoints.ownBytes)}`],
      ['Looked at', connectionWords[connection]],
    ]),
    ...(status.unseen.length === 0
      ? []
      : [
          '',
          heading(look, 'Not seen'),
          ...status.unseen.flatMap(({ what, why }) => wrap(`${what}: ${why}`, look.width, '    ', '  ')),
        ]),
  ];
}

function heldBackLines(heldBack: Status['heldBack'], look: Look): string[] {
  return heldBack.flatMap(({ name, release }) =>
    wrap(
      `The live patch ${name} for ${release} is held back: the machine went down soon after it was loaded. See "${look.command} livepatch".`,
      look.width,
    ).map((line) => paint(look, 'warning', line)),
  );
}

export function notDueLines({ schedule }: NotDue, look: Look): string[] {
  return ['Nothing was staged.', ...wrap(scheduleWords(schedule), look.width)];
}

const connectionWords: Readonly<Record<StatusAnswer['connection'], string>> = {
  installed: 'by the installed helper',
  demand: 'by a helper that was started for you',
  own: 'by a helper without the rights of root',
  'in-process': 'by this command itself, no helper runs',
};

interface Face {
  readonly tone: Tone;
  readonly sentence: string;
  readonly next: string | null;
}

function faceOf(update: UpdateState, look: Look): Face {
  const face = (tone: Tone, sentence: string, verb: string | null = null): Face => ({
    tone,
    sentence,
    next: verb === null ? null : `Next: ${look.command} ${verb}`,
  });
  const reason = ({ code, sentence }: Problem): string => `${sentence} [${code}]`;
  switch (update.state) {
    case 'unknown':
      return face('plain', 'Nothing is known yet.');
    case 'preparing':
      return face('plain', 'A practice system is being made.');
    case 'idle':
      return (update.pending ?? 0) > 0
        ? face('plain', 'Updates are waiting.', 'plan')
        : face('good', update.pending === 0 ? 'Everything is up to date.' : 'Nothing is staged.');
    case 'planning':
      return face('plain', 'An update is being planned.');
    case 'planned':
      return face(
        'plain',
        `An update of ${count(update.changes, 'package')} is planned.`,
        `stage ${update.plan}`,
      );
    case 'blocked':
      return face('bad', `A readiness check blocks the update: ${reason(update.problem)}`, 'check');
    case 'staging':
      return face('plain', 'An update is being rehearsed; you can keep working.');
    case 'staged':
      if (update.missed)
        return face(
          'warning',
          `${update.stage} was to be switched to at ${moment(update.missed.at)}, and was not: ${update.missed.problem ? reason(update.missed.problem) : 'the machine was off, or nobody was there to do it.'}`,
          'activate',
        );
      return update.scheduled
        ? face('good', `${update.stage} is switched to at ${whenWords(update.scheduledAt)}.`)
        : face(
            'good',
            `${update.stage} is ready to switch to, by ${update.how}, in about ${duration(update.interruptionSeconds)}.`,
            'review',
          );
    case 'needs-decision':
      return face(
        'warning',
        `${count(update.undecided, 'conflict')} in ${update.stage} need your decision.`,
        'review',
      );
    case 'switching':
      return face('plain', 'The system is being switched.');
    case 'done':
      return face('good', `The system was updated. ${update.restorePoint} takes it back.`);
    case 'rolling-back':
      return face('plain', 'The system is being taken back.');
    case 'rolled-back':
      return face('good', 'The system was taken back.');
    case 'failed':
      return face('bad', `Something went wrong, nothing was changed: ${reason(update.problem)}`);
    case 'interrupted':
      return face('warning', `An interrupted ${update.kind} was found.`, 'recover');
    case 'recovering':
      return face('plain', 'Interrupted work is being settled.');
    case 'recovered':
      return face(
        'warning',
        `An interrupted ${update.kind} was ${update.outcome === 'rolled-forward' ? 'completed' : 'taken back'}.`,
      );
    case 'damaged':
      return face('bad', reason(update.problem));
  }
}
