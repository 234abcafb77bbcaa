/** Whether the staged system can be booted in a virtual machine first. That is a further proof, never a condition: it blocks nothing. */
import { thisMachine } from '../inspect/sources.js';
import { findEmulator } from '../rehearsal-boot/emulator.js';
import { defineCheck, pass, warn } from './check.js';

export const virtualMachine = defineCheck({
  id: 'virtual-machine',
  title: 'Start in a virtual machine',
  when: ['before-stage'],
  examine({ system, sources = thisMachine }) {
    const wanted = system.settings.rehearsalBoot;
    if (wanted === 'off') return pass('The settings want no rehearsal boot.', 'switched off');
    const emulator = findEmulator({ sources });
    if ('found' in emulator) {
      const { accelerators, memoryMebibytes } = emulator.found;
      const how = accelerators.includes('kvm') ? 'KVM' : 'software emulation, which takes some minutes';
      return pass(
        'The staged system can be booted in a virtual machine before the switch.',
        `QEMU with ${how}, ${memoryMebibytes} MiB of memory`,
      );
    }
    const { missing, remedy } = emulator;
    const without = 'The staged system is not booted in a virtual machine before the switch.';
    if (wanted === 'always')
      return warn(without, missing, remedy ?? 'Leave the rehearsal boot out: rehearsalBoot=off.');
    return pass([without, ...(remedy === null ? [] : [remedy])].join(' '), missing);
  },
});
