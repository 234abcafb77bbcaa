/** Kernel: what inspect knows, the live patches of the kernel, and its modules. */
import { errorTexts, type ErrorCode, type Problem } from '../../../shared/errors.js';
import type { ActiveLivepatch, LivepatchStatus } from '../../../shared/livepatch.js';
import type { ModuleTree, ModuleTrees } from '../../../shared/modules.js';
import { ago, days, hours, livepatch, machine, modules, now } from '../records.js';
import { during, type Scene } from '../scene.js';

const state = during({ state: 'idle', pending: 0, security: 0 });

const said = (code: ErrorCode, ...details: string[]): Problem => ({
  code,
  sentence: errorTexts[code].sentence,
  hint: errorTexts[code].hint,
  details,
});

const refuse = (problem: Problem) => () => Promise.resolve({ ok: false as const, problem });

const kernel = (name: string, more: Partial<Scene> = {}): Scene => ({
  name: `kernel-${name}`,
  address: '#/kernel',
  state,
  ...more,
});

const active = (name: string, more: Partial<ActiveLivepatch> = {}): ActiveLivepatch => ({
  name,
  source: 'understudy',
  state: 'enabled',
  objects: ['vmlinux'],
  fixes: null,
  returns: true,
  why: 'loaded-again',
  ...more,
});

const loaded: LivepatchStatus = {
  ...livepatch,
  active: [
    active('fix_nf_tables', {
      objects: ['vmlinux', 'nf_tables'],
      fixes: 'CVE-2026-1234, use after free in netfilter',
    }),
    active('fix_usb_audio', {
      objects: ['snd_usb_audio'],
      fixes: 'CVE-2026-2210',
      returns: false,
      why: 'on-trial',
    }),
  ],
};

const tree = (release: string, state: ModuleTree['state'], more: Partial<ModuleTree> = {}): ModuleTree => ({
  release,
  state,
  path: `/usr/lib/modules/.understudy/${state}/${release}`,
  package: null,
  bootable: false,
  count: 4118,
  removal: null,
  ...more,
});

/** After updates of the kernel that nobody restarted for. */
const retained: ModuleTrees = {
  ...modules,
  trees: [
    ...modules.trees,
    tree('6.1.0-51-amd64', 'left', { path: '/usr/lib/modules/6.1.0-51-amd64', count: 12 }),
    tree('6.1.0-55-amd64', 'kept'),
    tree('6.1.0-49-amd64', 'old', { removal: new Date(now + 9 * days).toISOString() }),
  ],
};

const html = '<img src=x onerror="document.title=1"><b>bold</b>';
const rtl = 'libsafe\u202egpj.exe\u202c';
const endless = 'x'.repeat(10_000);
const strange = [html, rtl, endless, '\u0000\u001b[31mred', 'שלום-עולם'];

export const kernelScenes: readonly Scene[] = [
  { name: 'kernel', address: '#/kernel', state },
  kernel('none', {
    records: {
      machine: {
        ...machine,
        runningKernel: null,
        newestKernel: null,
        kernels: [],
        init: null,
        bootLoader: 'none',
        rebootRequired: null,
        power: { onMains: null, batteryPercent: null },
        network: { connected: null, metered: null, source: 'unknown' },
        unseen: [{ what: 'The boot loader', why: '/boot may be read by root alone.' }],
      },
      livepatch: { ...livepatch, running: null, supported: false },
    },
    handlers: { modules: refuse(said('NO_MODULES')) },
  }),
  kernel('newest', {
    records: {
      machine: { ...machine, newestKernel: '6.1.0-55-amd64', rebootRequired: null },
      livepatch: { ...livepatch, active: [active('fix_nf_tables', { fixes: 'CVE-2026-1234' })] },
    },
  }),
  kernel('loaded', { records: { livepatch: loaded, modules: retained } }),
  kernel('changing', {
    records: {
      livepatch: {
        ...loaded,
        active: [
          active('fix_nf_tables'),
          active('fix_usb_audio', { state: 'enabling', returns: false, why: 'on-trial' }),
        ],
        stalled: ['412 kworker/0:1', '1733 backup-daemon'],
      },
    },
  }),
  kernel('held-back', {
    records: {
      livepatch: {
        ...livepatch,
        active: [active('fix_nf_tables', { fixes: 'CVE-2026-1234' })],
        heldBack: [{ release: '6.1.0-55-amd64', name: 'fix_usb_audio', since: ago(5 * hours) }],
      },
    },
  }),
  kernel('other-provider', {
    records: {
      livepatch: {
        ...livepatch,
        providers: ['canonical-livepatch', 'kpatch'],
        active: [
          active('lkp_Ubuntu_6_1_0_55_amd64_108', { source: 'canonical-livepatch', why: 'provider' }),
          active('kpatch_ext4', {
            source: 'kpatch',
            objects: ['ext4'],
            returns: false,
            why: 'provider-off',
          }),
          active('by_hand', { source: 'unknown', objects: [], returns: false, why: 'memory-only' }),
        ],
      },
    },
  }),
  kernel('switched-off', { records: { livepatch: { ...livepatch, off: 'kernel-parameter' } } }),
  kernel('modules-missing', {
    records: { modules: { ...modules, complete: false }, livepatch: { ...livepatch, supported: false } },
  }),
  kernel('problem', {
    handlers: {
      livepatch: refuse(
        said(
          'LIVEPATCH_RECORDS_DAMAGED',
          '/var/lib/understudy/livepatches/state.json: it ends in the middle',
        ),
      ),
    },
  }),
  kernel('unreachable', {
    handlers: {
      inspect: refuse(said('HELPER_UNREACHABLE')),
      livepatch: refuse(said('HELPER_UNREACHABLE')),
      modules: refuse(said('HELPER_UNREACHABLE')),
      settings: refuse(said('HELPER_UNREACHABLE')),
    },
  }),
  kernel('read-only', {
    state: during(
      { state: 'idle', pending: 0, security: 0 },
      {
        app: {
          connection: { state: 'read-only', problem: null },
          can: { tray: false, startAtLogin: false, notify: false, elevate: false },
        },
      },
    ),
    records: {
      livepatch: {
        ...livepatch,
        active: [active('fix_nf_tables', { source: 'unknown', returns: null, why: 'unseen' })],
        unseen: [{ what: 'The store of live patches', why: 'Only root may look.' }],
      },
    },
  }),
  kernel('setting-changed', { press: ['Load all live patches that fit'] }),
  kernel('setting-refused', {
    press: ['Bring live patches back'],
    handlers: { change: refuse({ code: 'NOT_AUTHORISED', sentence: '', hint: '', details: [] }) },
  }),
  kernel('strange', {
    records: {
      machine: { ...machine, newestKernel: rtl, runningKernel: html },
      livepatch: {
        ...livepatch,
        active: strange.map((name) => active(name, { fixes: name, objects: strange })),
        heldBack: strange.map((name) => ({ release: name, name, since: 'not a date' })),
        stalled: strange,
        unseen: [{ what: rtl, why: endless }],
      },
      modules: {
        ...modules,
        trees: strange.map((name) => tree(name, 'old', { path: name, removal: 'not a date' })),
      },
    },
  }),
  kernel('loading', { handlers: { inspect: () => new Promise(() => undefined) } }),
  kernel('german', { language: 'de', records: { livepatch: loaded, modules: retained } }),
];
