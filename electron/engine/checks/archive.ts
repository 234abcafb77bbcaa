/**
 * The archive's index: how old it is. That the archive can be reached and that its signatures are valid was proved when
 * the plan was made, because planning fetches and verifies the index.
 */
import { networkOf } from '../inspect/network.js';
import { thisMachine } from '../inspect/sources.js';
import { defineCheck, pass, warn } from './check.js';
import { duration, moment } from './words.js';

const oldMs = 7 * 24 * 3_600_000;
/** Clocks of mirrors and machines differ a little. */
const toleranceMs = 3_600_000;

export const archive = defineCheck({
  id: 'archive',
  title: 'Package archive',
  when: ['before-stage'],
  async examine({ system, packages, plan, sources = thisMachine }) {
    const date = packages.indexDate(system);
    if (date === undefined) {
      return warn(
        'The archive’s index was never fetched.',
        'no index',
        'Run "understudy plan": it fetches the index.',
      );
    }
    const age = sources.now() - date.getTime();
    const measured = `fetched ${moment(date.getTime())}`;
    if (age > oldMs) {
      return warn(
        `The archive’s index is ${duration(age)} old.`,
        measured,
        'Run "understudy plan" to fetch it anew.',
      );
    }
    if (age < -toleranceMs) {
      return warn(
        'The archive’s index seems to come from the future.',
        measured,
        'Check the clock of this machine.',
      );
    }
    if (plan !== undefined && plan.needs.download > 0) {
      const { connected } = await networkOf(sources, system.signal);
      if (connected === false) {
        return warn(
          'This machine has no network, and packages are still to be fetched.',
          measured,
          'Connect it, unless the packages come from this very machine.',
        );
      }
    }
    if (plan === undefined) {
      return pass(
        'The archive’s index is recent. It is fetched anew and verified when a plan is made.',
        measured,
      );
    }
    return pass('The archive was reached and its signatures were valid when the plan was made.', measured);
  },
});
