/** A network that is paid for by volume, where something is still to be downloaded. */
import { networkOf } from '../inspect/network.js';
import { thisMachine } from '../inspect/sources.js';
import { defineCheck, pass, warn } from './check.js';
import { size } from './words.js';

export const metered = defineCheck({
  id: 'metered',
  title: 'Network without a volume limit',
  when: ['before-stage'],
  async examine({ system, plan, sources = thisMachine }) {
    if (plan?.needs.download === 0) return pass('Nothing is to be downloaded.', size(0));
    const network = await networkOf(sources, system.signal);
    const amount = plan === undefined ? '' : `, ${size(plan.needs.download)} to download`;
    if (network.metered === true) {
      return warn(
        'The network is metered: the download may cost money or use up a limit.',
        `metered${amount}`,
        'Use another network, or go on if you do not mind.',
      );
    }
    if (network.metered === false) return pass('The network is not metered.', `not metered${amount}`);
    return pass('The system does not tell whether the network is metered.', `unknown${amount}`);
  },
});
