/** Live patches: what is in memory, what becomes of it at a power loss, what is kept, and what was done. */
import type {
  ActiveLivepatch,
  LivepatchBoot,
  LivepatchDone,
  LivepatchHeld,
  LivepatchList,
  LivepatchReason,
  LivepatchSource,
  LivepatchStatus,
  StoredLivepatch,
} from '../../../shared/livepatch.js';
import { heading, paint, type Look, type Tone } from '../text/look.js';
import { table, type Row } from '../text/table.js';
import { wrap } from '../text/width.js';

const sources: Readonly<Record<LivepatchSource, string>> = {
  understudy: 'Understudy',
  kpatch: 'kpatch',
  'canonical-livepatch': 'Canonical Livepatch',
  ksplice: 'Ksplice Uptrack',
  kernelcare: 'KernelCare',
  unknown: 'someone else',
};

/** After "survives a power loss: yes, " or "no, ". */
const reasons: Readonly<Record<LivepatchReason, string>> = {
  'loaded-again': 'Understudy loads it again at the next start of this kernel',
  'all-loaded': 'Understudy loads all that it keeps for a kernel (upgradeOnReboot)',
  setting: 'the setting installOnReboot is off',
  'kept-away': 'it was added with --no-return',
  'switched-off': 'live patches are switched off',
  'no-unit': 'understudy-livepatch.service is not enabled',
  'on-trial': 'it was loaded only minutes ago, and is on trial',
  'held-back': 'the machine went down with it once',
  'no-copy': 'Understudy has no good copy of it',
  'memory-only': 'it is in memory only, and nobody is known who would load it again',
  provider: 'that program loads it again',
  'provider-off': 'that program does not load it at a start',
  unseen: 'only root may look',
};

const states: Readonly<Record<ActiveLivepatch['state'], { word: string; tone: Tone }>> = {
  enabled: { word: 'active', tone: 'good' },
  enabling: { word: 'coming', tone: 'warning' },
  disabling: { word: 'going', tone: 'warning' },
};

export function livepatchStatusLines(status: LivepatchStatus, look: Look): string[] {
  const { running, supported, off, active, heldBack, stalled, providers, unseen } = status;
  const none =
    running === null
      ? 'No kernel of this system runs.'
      : supported
        ? 'none'
        : 'The kernel that runs takes no live patches.';
  return [
    heading(look, running === null ? 'Live patches' : `Live patches in the kernel ${running}`),
    ...(active.length === 0 ? [`  ${none}`] : active.flatMap((patch) => activeLines(patch, look))),
    ...section(look, 'Have yet to change over', stalled),
    ...section(
      look,
      'Not loaded again, since the machine went down soon after it was loaded',
      heldBack.map(({ name, release }) => `${name} for ${release}`),
    ),
    ...(heldBack.length > 0
      ? wrap(`"${look.command} livepatch load NAME --again" loads it.`, look.width, '  ')
      : []),
    ...(off === null ? [] : ['', paint(look, 'warning', offWords[off])]),
    ...(providers.length === 0
      ? []
      : ['', `Also installed: ${providers.map((source) => sources[source]).join(', ')}.`]),
    ...section(
      look,
      'Not seen',
      unseen.map(({ what, why }) => `${what}: ${why}`),
    ),
  ];
}

const offWords = {
  'kernel-parameter': 'Switched off by the parameter understudy.livepatch=off of the kernel.',
  file: 'Switched off by the file /etc/understudy/livepatch-off.',
} as const;

function activeLines(patch: ActiveLivepatch, look: Look): string[] {
  const { word, tone } = states[patch.state];
  const answer = patch.returns === null ? 'not known' : patch.returns ? 'yes' : 'NO';
  return [
    ...table(
      look,
      [
        [
          { text: patch.name, tone: 'strong' },
          { text: word, tone },
          `by ${sources[patch.source]}`,
          patch.objects.join(', '),
        ],
      ],
      '  ',
    ),
    ...(patch.fixes === null ? [] : wrap(`fixes ${patch.fixes}`, look.width, '    ')),
    ...wrap(`survives a power loss: ${answer}, ${reasons[patch.why]}`, look.width, '    '),
  ];
}

function section(look: Look, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading(look, title), ...lines.map((line) => `  ${line}`)];
}

const storedStates: Readonly<Record<StoredLivepatch['state'], { word: string; tone: Tone }>> = {
  active: { word: 'active', tone: 'good' },
  stored: { word: 'kept', tone: 'plain' },
  'held-back': { word: 'HELD BACK', tone: 'warning' },
  damaged: { word: 'DAMAGED', tone: 'bad' },
};

export function livepatchListLines({ running, patches }: LivepatchList, look: Look): string[] {
  return [
    heading(look, 'Live patches that are kept'),
    ...(patches.length === 0
      ? ['  none']
      : table(
          look,
          patches.map((patch) => rowOf(patch, running)),
          '  ',
        )),
  ];
}

function rowOf(
  { name, release, state, kind, returns, signed, signedBy, fixes }: StoredLivepatch,
  running: string | null,
): Row {
  const { word, tone } = storedStates[state];
  const isWhole = state !== 'damaged';
  return [
    { text: name, tone: 'strong' },
    release === running ? `${release} (runs)` : release,
    { text: word, tone },
    kind === 'replaces' ? 'replaces those before' : '',
    isWhole && !returns ? 'does not return' : '',
    isWhole && !signed ? 'not signed for the kernel' : '',
    signedBy === null ? '' : `signed by ${signedBy}`,
    fixes ?? '',
  ];
}

export function doneLines({ action, name, release, already, replaced }: LivepatchDone, look: Look): string[] {
  const words = {
    add: already ? `${name} for ${release} was kept already.` : `${name} is kept for ${release}.`,
    load: already ? `${name} was active already.` : `${name} is active: every task uses it.`,
    unload: already ? `${name} was not active.` : `${name} is out of the kernel.`,
    remove: `${name} for ${release} is not kept any more.`,
  } as const;
  return [
    ...wrap(words[action], look.width),
    ...replaced.map((one) => `It took the place of ${one}.`),
    ...(action === 'load' && !already
      ? wrap(
          'It is on trial for five minutes; in that time a crash keeps it from being loaded again.',
          look.width,
        )
      : []),
  ];
}

export function bootLines({ off, loaded, heldBack, left, failed }: LivepatchBoot, look: Look): string[] {
  const lines = [
    ...(off === null ? [] : [offWords[off]]),
    ...loaded.map((name) => `Loaded ${name}.`),
    ...heldBack.map((name) => `Held back ${name}: the machine went down soon after it was loaded.`),
    ...failed.flatMap(({ name, problem }) => [
      `NOT LOADED ${name}: ${problem.sentence}`,
      ...problem.details.map((detail) => `  ${detail}`),
    ]),
    ...left.map((name) => `Left ${name}, which may stand on one that is missing.`),
  ];
  const shown = lines.length === 0 ? ['There is nothing to load.'] : lines;
  return shown.flatMap((line) => wrap(line, look.width));
}

export function heldLines({ held, onTrial }: LivepatchHeld, look: Look): string[] {
  const lines = [
    ...held.map((name) => `${name} has held.`),
    ...onTrial.map((name) => `${name} is still on trial.`),
  ];
  return (lines.length === 0 ? ['Nothing is on trial.'] : lines).flatMap((line) => wrap(line, look.width));
}
