/**
 * Power cuts at moments by chance, as the disk sees them: while the engine switches, returns or recovers, a copy of the disk is taken in one step, and
 * that copy is what the next start finds. Afterwards the system is exactly the old one or exactly the new one, entry by entry, with what the user
 * changed, and a second look finds nothing left to do.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import type { Recovered } from '../../../shared/history.js';
import type { Outcome } from '../../../shared/errors.js';
import type { CutOptions, Tally } from '../guest/power-cuts.js';
import { oneFile } from '../one-file.js';
import { seeded, type Random } from '../seeded.js';
import { editAsUser } from '../user-edits.js';
import { differences, manifestOf } from '../tree-difference.js';
import { copyOfDisk, cutSystem, type CutFileSystem, type CutSystem } from './cut-system.js';

type State = 'old' | 'new';
type Verb = 'activate' | 'rollback' | 'recover';

export interface DiskCuts extends CutOptions {
  readonly fileSystem: CutFileSystem;
}

/** Throws what the system was after a cut, if it was neither. */
export async function cutDisk({ fileSystem, cuts, seed, say }: DiskCuts): Promise<Tally> {
  const place = await cutSystem(fileSystem);
  try {
    const bench = new Bench(place, await oneFile('crash-child'), fileSystem);
    await bench.prepare(say);
    return await bench.cutAtRandom({ cuts, random: seeded(seed), say });
  } finally {
    await place.dispose();
  }
}

/** A merge gives what it makes a time of its own, and ldconfig(8) notes such times. */
const ofTheSwitch = / \(time\)$|\/var\/cache\/ldconfig\/aux-cache /;

class Bench {
  readonly #known = new Map<State, ManifestEntry[]>();
  #onStep: (name: string) => void = () => undefined;
  /** What each way takes when nobody cuts it. */
  readonly #usual = new Map<Verb, { readonly seconds: number; readonly steps: number }>();

  constructor(
    readonly place: CutSystem,
    readonly child: string,
    readonly fileSystem: CutFileSystem,
  ) {}

  /** Both systems, whole, each with a disk of its own; and how long each way takes. */
  async prepare(say: (text: string) => void): Promise<void> {
    await this.#succeed('stage');
    await editAsUser(this.place.root);
    await this.#keep('old');
    await this.#timed('activate');
    await this.#restart();
    await this.#timed('recover');
    await this.#keep('new');
    await this.#timed('rollback');
    await this.#restart();
    await this.#succeed('recover');
    if ((await this.#state()) !== 'old') throw new Error('the way back does not lead to the old system');
    await this.place.stop();
    const ways = [...this.#usual].map(
      ([verb, { seconds, steps }]) => `${verb} ${seconds.toFixed(1)} s, ${steps} steps`,
    );
    say(`${this.fileSystem}: ${ways.join('; ')}`);
  }

  async cutAtRandom({
    cuts,
    random,
    say,
  }: Pick<DiskCuts, 'cuts' | 'say'> & { readonly random: Random }): Promise<Tally> {
    const tally = { old: 0, new: 0, inActivation: 0, inRollback: 0, atStart: 0 };
    let from: State = 'old';
    for (let cut = 0; cut < cuts; cut += 1) {
      const verb = from === 'old' ? 'activate' : 'rollback';
      await this.#load(this.#diskOf(from));
      const where = [await this.#cutIn(verb, random)];
      tally[verb === 'activate' ? 'inActivation' : 'inRollback'] += 1;
      if (cut + 1 < cuts && random.below(3) === 0) {
        where.push(await this.#cutIn('recover', random));
        tally.atStart += 1;
        cut += 1;
      }
      const told = sentenceOf(await this.#succeed('recover'));
      const now = await this.#state();
      if (now !== 'old' && now !== 'new')
        throw new Error(`${this.fileSystem}, cut at ${where.join(', ')}: neither old nor new\n${now}`);
      const again = (await this.#succeed('recover')) as Recovered;
      if (again.transactions.length > 0 || again.cleaned.length > 0)
        throw new Error(`${this.fileSystem}, cut at ${where.join(', ')}: left ${JSON.stringify(again)}`);
      tally[now] += 1;
      say(`${this.fileSystem}: cut at ${where.join(', ')}: ${now}; ${told}`);
      await this.place.stop();
      from = random.below(2) === 0 ? 'old' : 'new';
    }
    return tally;
  }

  /**
   * Cuts the power in this verb, and starts what the disk held then: some milliseconds after one of its steps, which lie closely where it alters
   * something, or at any time at all.
   */
  async #cutIn(verb: Verb, random: Random): Promise<string> {
    const { seconds, steps } = this.#usual.get(verb) ?? { seconds: 0, steps: 0 };
    const byTime = steps === 0 || random.below(4) === 0;
    const step = byTime ? 0 : 1 + random.below(steps);
    const delay = byTime ? random.below(1000) * 1.1 * seconds : random.below(20);
    const cut = `${this.place.image}.cut`;
    let passed = 0;
    let name = '';
    const reached = new Promise<void>((resolve) => {
      if (byTime) resolve();
      else
        this.#onStep = (said) => {
          passed += 1;
          if (passed !== step) return;
          name = said;
          resolve();
        };
    });
    const ended = this.#run(verb, 'tell');
    // What began elsewhere may have fewer steps: then all of it is done.
    await Promise.race([reached, ended]);
    await wait(delay);
    await copyOfDisk(this.place.image, cut);
    await ended;
    this.#onStep = () => undefined;
    await this.place.stop();
    await this.#load(cut);
    const after = byTime ? '' : ` after step ${step} (${name || 'the last one'})`;
    return `${verb}, ${delay.toFixed(0)} ms${after}`;
  }

  async #load(disk: string): Promise<void> {
    await copyOfDisk(disk, this.place.image);
    await this.place.start();
  }

  async #restart(): Promise<void> {
    await this.place.stop();
    await this.place.start();
  }

  async #keep(state: State): Promise<void> {
    const entries = await manifestOf(this.place.root);
    this.#known.set(state, entries);
    for (const own of ['etc/eve.conf', 'home/eve'])
      if (!entries.some(({ path }) => path === own))
        throw new Error(`the user's own ${own} is gone (${state})`);
    if (!/^eve:/m.test(readFileSync(join(this.place.root, 'etc/shadow'), 'utf8')))
      throw new Error(`the user's own account is gone (${state})`);
    await this.place.stop();
    await copyOfDisk(this.place.image, this.#diskOf(state));
    await this.place.start();
  }

  #diskOf(state: State): string {
    return `${this.place.image}.${state}`;
  }

  /** `old`, `new`, or the differences to both. */
  async #state(): Promise<string> {
    const now = await manifestOf(this.place.root);
    const lists: string[] = [];
    for (const [state, entries] of this.#known) {
      const list = (await differences(entries, now)).filter((line) => !ofTheSwitch.test(line));
      if (list.length === 0) return state;
      lists.push(`to the ${state}: ${list.slice(0, 8).join('; ')}`);
    }
    return lists.join('\n');
  }

  async #timed(verb: Verb): Promise<void> {
    let steps = 0;
    this.#onStep = () => (steps += 1);
    const started = performance.now();
    await this.#succeed(verb, 'tell');
    this.#usual.set(verb, { seconds: (performance.now() - started) / 1000, steps });
  }

  async #succeed(verb: Verb | 'stage', dieAt?: 'tell'): Promise<unknown> {
    const outcome = await this.#run(verb, dieAt);
    if (!outcome.ok) throw new Error(`${this.fileSystem}, ${verb}: ${JSON.stringify(outcome.problem)}`);
    return outcome.value;
  }

  async #run(verb: Verb | 'stage', dieAt: '0' | 'tell' = '0'): Promise<Outcome<unknown>> {
    const options = JSON.stringify(verb === 'activate' ? { how: 'live' } : {});
    const argv = [process.execPath, this.child, this.place.root, verb, options, dieAt] as const;
    const onLine = (stream: string, line: string): void => {
      if (stream === 'stderr') this.#onStep(line);
    };
    const { stdout } = await runOrFault(argv, { timeoutMs: 300_000, onLine });
    return (JSON.parse(stdout) as { readonly outcome: Outcome<unknown> }).outcome;
  }
}

/** What the user would be told. */
function sentenceOf(recovered: unknown): string {
  const { transactions } = recovered as Recovered;
  return transactions.map(({ sentence }) => sentence).join(' ') || 'nothing was interrupted';
}
