/** Kernel: what inspect knows. */
import { machine } from '../records.js';
import { during, type Scene } from '../scene.js';

const state = during({ state: 'idle', pending: 0, security: 0 });

export const kernelScenes: readonly Scene[] = [
  { name: 'kernel', address: '#/kernel', state },
  {
    name: 'kernel-none',
    address: '#/kernel',
    state,
    records: {
      machine: {
        ...machine,
        runningKernel: null,
        kernels: [],
        init: null,
        bootLoader: 'none',
        rebootRequired: null,
        power: { onMains: null, batteryPercent: null },
        network: { connected: null, metered: null, source: 'unknown' },
        unseen: [{ what: 'The boot loader', why: '/boot may be read by root alone.' }],
      },
    },
  },
  {
    name: 'kernel-loading',
    address: '#/kernel',
    state,
    handlers: { inspect: () => new Promise(() => undefined) },
  },
  { name: 'kernel-german', address: '#/kernel', state, language: 'de' },
];
