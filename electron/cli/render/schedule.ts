/** Why automatic staging does what it does, in words. */
import type { Schedule } from '../../../shared/app.js';
import { moment } from '../text/measure.js';

const reasons: Readonly<Record<Schedule['reason'], string>> = {
  off: 'Automatic staging is switched off.',
  paused: 'Automatic staging is paused.',
  'outside-hours': 'It is outside of the hours for automatic staging.',
  'on-battery': 'The machine runs on battery; automatic staging waits for mains.',
  metered: 'The network is metered; automatic staging waits for another one.',
  offline: 'There is no network.',
  busy: 'The machine is busy; automatic staging waits until it is calmer.',
  patience: 'The last attempt failed; automatic staging is patient before it tries again.',
  'staged-already': 'The newest update is staged already.',
  'up-to-date': 'Everything was up to date when it was looked at last.',
  'no-right': 'Without root nothing is staged automatically from here.',
  due: 'Automatic staging is due.',
};

export function scheduleWords({ reason, next }: Schedule): string {
  const isLater = next !== null && reason !== 'due';
  return `${reasons[reason]}${isLater ? ` It is looked at again at ${moment(next)}.` : ''}`;
}
