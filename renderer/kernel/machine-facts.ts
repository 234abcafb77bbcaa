/** What a machine is, as names and values. What could not be seen is said to be unknown, never guessed. */
import type { Machine } from '../../shared/machine.js';
import type { Say } from '../words/say.js';
import type { Words } from '../words/vocabulary.js';

export interface Fact {
  readonly name: string;
  readonly value: string;
}

export function machineFacts(machine: Machine, words: Words, say: Say): readonly Fact[] {
  const { kernel, terms } = words;
  return [
    { name: kernel.system, value: machine.distribution.name },
    { name: kernel.architecture, value: machine.architecture },
    { name: kernel.init, value: machine.init ?? terms.unknown },
    { name: kernel.bootLoader, value: kernel.bootLoaders[machine.bootLoader] },
    {
      name: kernel.packages,
      value: machine.packageManagers.length === 0 ? terms.none : say.list(machine.packageManagers),
    },
    { name: kernel.power, value: power(machine, words, say) },
    { name: kernel.network, value: network(machine, words) },
  ];
}

function power({ power: { onMains, batteryPercent } }: Machine, { kernel, terms }: Words, say: Say): string {
  if (onMains === null) return terms.unknown;
  if (onMains) return kernel.onMains;
  return kernel.onBattery(batteryPercent === null ? terms.unknown : say.percent(batteryPercent / 100));
}

function network({ network: { connected, metered } }: Machine, { kernel, terms }: Words): string {
  if (connected === null) return terms.unknown;
  if (!connected) return kernel.offline;
  return metered === true ? kernel.metered : kernel.connected;
}
