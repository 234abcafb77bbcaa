/** Power for the whole work: looked at when it starts, not when it was asked for. */
import { powerOf } from '../inspect/power.js';
import { thisMachine } from '../inspect/sources.js';
import { always, block, defineCheck, pass, warn } from './check.js';

export const power = defineCheck({
  id: 'power',
  title: 'Power',
  when: always,
  examine({ system, sources = thisMachine }) {
    const { onMains, batteryPercent } = powerOf(sources);
    const least = system.settings.batteryPercent;
    const charge = batteryPercent === null ? 'charge unknown' : `${batteryPercent} % charge`;
    if (onMains === true)
      return pass('The machine is on mains power.', batteryPercent === null ? 'mains' : `mains, ${charge}`);
    if (onMains === null && batteryPercent === null) {
      return pass('The machine tells of no battery.', 'no power supply known');
    }
    const measured = onMains === false ? `battery, ${charge}` : charge;
    const remedy = 'Plug the machine in.';
    if (batteryPercent !== null && batteryPercent < least) {
      return block(`The battery is below ${least} %.`, measured, remedy);
    }
    if (onMains === null)
      return warn('The machine does not tell whether it runs on battery.', measured, remedy);
    return warn('The machine runs on battery.', measured, remedy);
  },
});
