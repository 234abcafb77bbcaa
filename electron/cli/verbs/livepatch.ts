/** `understudy livepatch`: the kernel's live patches; adds, loads, unloads and removes them, and brings them back at a start. */
import { resolve } from 'node:path';
import {
  fixesSchema,
  kernelReleaseSchema,
  livepatchNameSchema,
  type LivepatchBoot,
  type LivepatchDone,
  type LivepatchHeld,
  type LivepatchList,
  type LivepatchStatus,
} from '../../../shared/livepatch.js';
import type { Outcome } from '../../../shared/errors.js';
import {
  bootLines,
  doneLines,
  heldLines,
  livepatchListLines,
  livepatchStatusLines,
} from '../render/livepatch.js';
import { flag, value, words } from './given.js';
import { systemVerb, UsageError, type Given, type OnRecovery, type SystemContext } from './verb.js';

type Answered = LivepatchStatus | LivepatchList | LivepatchDone | LivepatchBoot | LivepatchHeld;
type Job = (context: SystemContext) => Promise<Outcome<Answered>>;

/** Which options go with which word. */
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  add: ['fixes', 'replaces', 'no-return', 'unsigned'],
  load: ['again'],
  remove: ['release'],
  held: ['now'],
};

export const livepatch = systemVerb<Answered>({
  name: 'livepatch',
  help: {
    summary: 'show live patches of the kernel, and whether they survive a power loss; load and unload',
    synopsis: [
      '[status]',
      'list',
      'add FILE [--fixes TEXT] [--replaces] [--no-return] [--unsigned]',
      'load NAME [--again]',
      'unload NAME',
      'remove NAME [--release RELEASE]',
      'boot',
      'held [--now]',
    ],
    does: [
      'Shows each live patch in memory: who brought it (Understudy, kpatch, Canonical Livepatch, Ksplice Uptrack, KernelCare), and whether it is there again after a power loss, with the reason. list: those that Understudy keeps.',
      'add: keeps a copy of a live patch, a kernel module with livepatch=Y, for the kernel release that it is for. load: brings it into the kernel that runs, and waits until every task uses it; where some do not within a minute, it is taken back, and they are named. unload: takes it out again. remove: forgets the copy.',
      'At a start the same kernel gets what it had (the setting installOnReboot); with upgradeOnReboot it gets everything that is kept for it. A patch is on trial for five minutes after it was loaded: if the machine goes down in that time, other than in order, it is not loaded again by itself, and status says so.',
      'The parameter understudy.livepatch=off of the kernel, or the file /etc/understudy/livepatch-off, switches all of it off. boot and held are run by the system itself, at a start and five minutes after a load; held --now ends the trial at once.',
    ],
    doesNot: [
      'Only status goes through the helper: everything else needs root.',
      'It takes no live patch for another architecture, loads none for another kernel, nor one whose copy was altered. Where /etc/understudy/keys has keys (PEM, Ed25519, *.pub), it adds none without a signature by one of them, FILE.sig, of the line "understudy livepatch 1" and the file; where it has none, it is your word that the author can be trusted. What is signed for the kernel is checked by the kernel.',
      'It never forces a task to change over, and unloads nothing that another program brought.',
    ],
    examples: [
      ['understudy livepatch', 'What is patched in memory, and does it return?'],
      ['understudy livepatch add ./fix_net.ko --fixes CVE-2026-1234', 'Keep it.'],
      ['understudy livepatch load fix_net', 'Use it.'],
      ['understudy livepatch unload fix_net', 'And take it back.'],
      ["understudy livepatch --json | jq '.value.active'", 'The same for programs.'],
    ],
    exits: [
      ['done', 'done, shown, or there was nothing to do'],
      ['failed', 'it could not be done, and was taken back; or at a start some were not loaded'],
      ['usage', 'the command was not understood, there is no such live patch, or the file is none'],
      ['decision', 'it is held back, and --again is missing'],
      ['recovered', 'an interrupted transaction was recovered first; run it again'],
      ['busy', 'another Understudy is at work'],
    ],
  },
  options: {
    fixes: { value: 'TEXT', text: 'with add: what it fixes, in a line' },
    replaces: { text: 'with add: it takes the place of all before it; else it stands on them' },
    'no-return': { text: 'with add: it is not loaded again after a restart' },
    unsigned: { text: 'with add: also without a signature by a key that is trusted' },
    again: { text: 'with load: also one that is held back' },
    release: { value: 'RELEASE', text: 'with remove: of this kernel release, where several have one' },
    now: { text: 'with held: end the trial now, not after five minutes' },
  },
  long: true,
  goodbye: 'Cancelling. What has not changed over is taken back first; a second Ctrl+C ends at once.',
  onRecovery: ({ positionals }) => recoveries[positionals[0] ?? 'status'] ?? 'stop',
  read(given) {
    const [word = 'status'] = given.positionals;
    const read = Object.hasOwn(readings, word) ? readings[word] : undefined;
    if (!read)
      throw new UsageError(
        `"livepatch" is followed by status, list, add, load, unload or remove, not by "${word}".`,
      );
    for (const option of Object.keys(given.values))
      for (const [owner, names] of Object.entries(optionsOf))
        if (owner !== word && names.includes(option))
          throw new UsageError(`--${option} goes with "${owner}".`);
    return read(given);
  },
  lines(value, look) {
    if ('active' in value) return livepatchStatusLines(value, look);
    if ('patches' in value) return livepatchListLines(value, look);
    if (value.action === 'boot') return bootLines(value, look);
    return value.action === 'held' ? heldLines(value, look) : doneLines(value, look);
  },
  exit: (value) => ('failed' in value && value.failed.length > 0 ? 'failed' : 'done'),
});

/** What the system runs itself must not wait for anyone; a recovery has a unit of its own. */
const recoveries: Readonly<Record<string, OnRecovery>> = {
  status: 'go-on',
  list: 'go-on',
  boot: 'ask-nothing',
  held: 'ask-nothing',
};

const readings: Readonly<Record<string, (given: Given) => Job>> = {
  status(given) {
    words(given, 0);
    return ({ engine, system }) => engine.livepatchStatus(system);
  },
  list(given) {
    words(given, 0);
    return ({ engine, system }) => engine.livepatches(system);
  },
  add(given) {
    const [file = ''] = words(given, 1, 'add FILE');
    if (file === '') throw new UsageError('The name of the file is empty.');
    const options = {
      file: resolve(file),
      fixes: fixesOf(given),
      replaces: flag(given, 'replaces'),
      returns: !flag(given, 'no-return'),
      unsigned: flag(given, 'unsigned'),
    };
    return ({ engine, system }) => engine.addLivepatch(system, options);
  },
  load(given) {
    const options = { name: named(given, 'load NAME'), again: flag(given, 'again') };
    return ({ engine, system }) => engine.loadLivepatch(system, options);
  },
  unload(given) {
    const options = { name: named(given, 'unload NAME') };
    return ({ engine, system }) => engine.unloadLivepatch(system, options);
  },
  remove(given) {
    const release = value(given, 'release');
    if (release !== undefined && !kernelReleaseSchema.safeParse(release).success)
      throw new UsageError(`--release takes what "uname -r" prints, not "${release}".`);
    const options = {
      name: named(given, 'remove NAME'),
      ...(release === undefined ? {} : { release }),
    };
    return ({ engine, system }) => engine.removeLivepatch(system, options);
  },
  boot(given) {
    words(given, 0);
    return ({ engine, system }) => engine.bootLivepatches(system);
  },
  held(given) {
    words(given, 0);
    const options = { now: flag(given, 'now') };
    return ({ engine, system }) => engine.livepatchesHeld(system, options);
  },
};

/** One that cannot exist is unknown, in the same words as one that does not. */
function named(given: Given, form: string): string {
  const [name = ''] = words(given, 1, form);
  if (!livepatchNameSchema.safeParse(name).success) throw new UsageError(name, 'LIVEPATCH_UNKNOWN');
  return name;
}

function fixesOf(given: Given): string | null {
  const text = value(given, 'fixes');
  if (text === undefined) return null;
  const read = fixesSchema.safeParse(text);
  if (!read.success) throw new UsageError(read.error.issues.map(({ message }) => message).join(' '));
  return read.data;
}
