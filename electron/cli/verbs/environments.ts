/** `understudy environments`: lists, renames, mounts and removes environments. */
import { resolve } from 'node:path';
import {
  environmentTitleSchema,
  type Destroyed,
  type Environments,
  type Mounted,
  type Renamed,
  type Unmounted,
} from '../../../shared/environments.js';
import type { Outcome } from '../../../shared/errors.js';
import { idSchema } from '../../../shared/plan.js';
import { destroyedLines, environmentsLines, handledLines } from '../render/environments.js';
import { forTerminal } from '../text/plain.js';
import { words } from './given.js';
import { systemVerb, UsageError, type Given, type SystemContext } from './verb.js';

type Answered = Environments | Renamed | Mounted | Unmounted | Destroyed;
type Job = (context: SystemContext) => Promise<Outcome<Answered>>;

export const environments = systemVerb<Answered>({
  name: 'environments',
  help: {
    summary: 'list what runs, what is staged and what was; rename, mount or remove one',
    synopsis: ['[list]', 'rename ID TITLE', 'mount ID FOLDER', 'unmount FOLDER', 'destroy ID [--yes]'],
    does: [
      'Lists every environment: what it is, when it was made, what it holds by itself on the disk, and whether it can be used. Snapshots that snapper and timeshift keep on btrfs are listed as well.',
      'rename: gives a staged or a previous one a title, which "history" shows too.',
      'mount: mounts the whole tree of one at an empty folder, read-only, without setuid, devices and programs. unmount takes that back.',
      'destroy: removes a staged one, or the oldest restore point. At a terminal it asks; elsewhere it needs --yes.',
    ],
    doesNot: [
      'It does not go through the helper: it needs root, also to list.',
      'It never touches what snapper or timeshift made.',
      'It never removes what runs, what the next start takes, what is mounted, or the only restore point.',
      'Where environments are no snapshots, it does not mount restore points: they hold only what an update replaced.',
    ],
    examples: [
      ['understudy environments', 'What is there?'],
      ['understudy environments rename point-1 before-printer', 'A title that says more.'],
      ['understudy environments mount point-1 /mnt', 'Look into the system before.'],
      ['understudy environments unmount /mnt', 'And end that.'],
      ["understudy environments --json | jq -r '.value.environments[].id'", 'Ids for the others.'],
    ],
    exits: [
      ['done', 'done, or shown, also when it only says what this user may not read'],
      ['failed', 'it could not be done, or you said no; nothing was changed'],
      ['usage', 'the command was not understood, or there is no such environment or folder'],
      ['decision', '--yes is missing, or a restart is to come first'],
      ['recovered', 'an interrupted transaction was recovered first; run it again'],
      ['busy', 'another Understudy is at work'],
    ],
  },
  options: {},
  long: false,
  onRecovery: ({ positionals }) => ((positionals[0] ?? 'list') === 'list' ? 'go-on' : 'stop'),
  read(given) {
    const [word = 'list'] = given.positionals;
    const read = Object.hasOwn(readings, word) ? readings[word] : undefined;
    if (!read)
      throw new UsageError(
        `"environments" is followed by list, rename, mount, unmount or destroy, not by "${word}".`,
      );
    return read(given);
  },
  lines(value, look) {
    if ('environments' in value) return environmentsLines(value, look);
    return 'freedBytes' in value ? destroyedLines(value, look) : handledLines(value, look);
  },
});

const readings: Readonly<Record<string, (given: Given) => Job>> = {
  list(given) {
    words(given, 0);
    return ({ engine, system }) => engine.environments(system);
  },
  rename(given) {
    const [id = '', title = ''] = words(given, 2, 'rename ID TITLE');
    const read = environmentTitleSchema.safeParse(title);
    if (!read.success) throw new UsageError(read.error.issues.map(({ message }) => message).join(' '));
    const options = { id: known(id), title: read.data };
    return ({ engine, system }) => engine.renameEnvironment(system, options);
  },
  mount(given) {
    const [id = '', folder = ''] = words(given, 2, 'mount ID FOLDER');
    const options = { id: known(id), folder: named(folder) };
    return ({ engine, system }) => engine.mountEnvironment(system, options);
  },
  unmount(given) {
    const [folder = ''] = words(given, 1, 'unmount FOLDER');
    const options = { folder: named(folder) };
    return ({ engine, system }) => engine.unmountEnvironment(system, options);
  },
  destroy(given) {
    const [id = ''] = words(given, 1, 'destroy ID');
    const options = { id: known(id), dryRun: false };
    return async ({ engine, system, confirm }) => {
      const agreed = await confirm('Remove this environment?', async () => {
        const preview = await engine.destroyEnvironment(system, { ...options, dryRun: true });
        if (!preview.ok) return preview;
        return { ok: true, value: (look) => destroyedLines(forTerminal(preview.value), look) };
      });
      return agreed.ok ? engine.destroyEnvironment(system, options) : agreed;
    };
  },
};

/** One that cannot exist is unknown, in the same words as one that does not. */
function known(id: string): string {
  if (!idSchema.safeParse(id).success) throw new UsageError(id, 'ENVIRONMENT_UNKNOWN');
  return id;
}

function named(folder: string): string {
  if (folder === '') throw new UsageError('The name of the folder is empty.');
  return resolve(folder);
}
