/**
 * Boots a staged environment in a virtual machine, from a throwaway view and without a network, and says whether it came up. Nothing is
 * written into the environment; what it said is kept in the clone's folder, for the review.
 */
import { writeFileSync } from 'node:fs';
import type { Proof, RehearsalBootResult } from '../../../shared/changeset.js';
import type { Clone, Environment } from '../environments/environment.js';
import type { Assembly } from '../environments/session/protocol.js';
import { Fault } from '../fault.js';
import { bytes, display, join, type RawPath } from '../posix/raw-path.js';
import { resolveInTree } from '../environments/resolve.js';
import type { TreeChange } from '../review/tree-change.js';
import type { System } from '../system.js';
import { findBootFiles, type BootFiles } from './boot-files.js';
import { findEmulator, type Accelerator, type Emulator } from './emulator.js';
import { KeptJournal } from './kept-journal.js';
import { runMachine } from './machine.js';
import { readReport } from './report.js';
import { isLastWord, judge, type BootOutcome } from './verdict.js';
import { reasonNotToBoot } from './wanted.js';

export interface RehearsalBootInput {
  readonly system: System;
  readonly environment: Environment;
  readonly clone: Clone;
  readonly changes: readonly TreeChange[];
  readonly asked: boolean | undefined;
  /** Why it cannot be activated in any case: then nothing is to be learned. */
  readonly hasFailed: boolean;
}

export interface RehearsedBoot {
  readonly proof: Proof;
  readonly boot?: RehearsalBootResult;
}

export const bootProof = 'boot';

/** A kernel speaks within a second; where one stays silent for so long, the virtualisation does not work. */
const silentMs = 30_000;

export async function rehearseBoot(input: RehearsalBootInput): Promise<RehearsedBoot> {
  const { system, environment, clone, changes, asked, hasFailed } = input;
  const { isRunning, settings } = system;
  const unwanted = reasonNotToBoot({ asked, setting: settings.rehearsalBoot, isRunning, changes });
  if (unwanted !== undefined) return notDone(`It was not booted: ${unwanted}`);
  if (hasFailed) return notDone('It was not booted, since it is not ready in any case.');
  const files = findBootFiles(environment.view(clone), changes);
  if ('missing' in files) return notDone(files.missing);
  const assembly = environment.assembly(system, clone);
  if (assembly.userNamespace)
    return notDone('Without the rights of root outside of a user namespace there is no machine.');
  const emulator = findEmulator();
  if ('missing' in emulator)
    return notDone(
      `It was not booted: ${emulator.missing}`,
      ...(emulator.remedy === null ? [] : [emulator.remedy]),
    );
  return system.report.phase('verify', 'Booting the staged environment in a virtual machine', (step) =>
    boot({ ...input, assembly, files: files.found, emulator: emulator.found, say: (text) => step({ text }) }),
  );
}

interface Boot extends RehearsalBootInput {
  readonly assembly: Assembly;
  readonly files: BootFiles;
  readonly emulator: Emulator;
  readonly say: (text: string) => void;
}

async function boot(given: Boot): Promise<RehearsedBoot> {
  const { environment, clone, changes, files, system } = given;
  const started = Date.now();
  let accelerator: Accelerator = 'software';
  let outcome: BootOutcome | undefined;
  for (accelerator of given.emulator.accelerators) {
    outcome = await attempt(given, accelerator);
    if (system.signal.aborted) throw new Fault('CANCELLED');
    if (outcome.console.length > 0 || outcome.report.refused !== undefined) break;
  }
  if (outcome === undefined) throw new Error('there is always one way');
  const seconds = (Date.now() - started) / 1000;
  const changed = new Set<string>(changes.map(({ path }) => path));
  const view = environment.view(clone);
  // Units are named by paths that may lead through links, such as a /lib that is in /usr.
  const isChanged = (path: string): boolean =>
    changed.has(resolveInTree(path as RawPath, (each) => view.locate(each))?.inTree ?? path);
  const { result, sentence, details } = judge(outcome, isChanged, { seconds, accelerator });
  const journal = join(clone.folder, 'boot-journal.txt');
  writeFileSync(bytes(journal), `${outcome.console.join('\n')}\n`, { mode: 0o600 });
  const { report } = outcome;
  return {
    proof: {
      id: bootProof,
      result,
      sentence,
      details: [...details, `Kernel ${files.release}. The journal of this boot: ${display(journal)}`],
    },
    ...(result === 'skipped'
      ? {}
      : {
          boot: {
            kernel: files.release,
            accelerator,
            seconds,
            target: report.target ?? null,
            state: report.state ?? null,
            failedUnits: report.failed.map(({ name }) => name),
            journal: display(journal),
          },
        }),
  };
}

async function attempt(given: Boot, accelerator: Accelerator): Promise<BootOutcome> {
  const { system, assembly, files, emulator, say } = given;
  const limitMs = system.settings.rehearsalBootMs * (accelerator === 'kvm' ? 1 : slowerInSoftware);
  const over = new AbortController();
  const signal = AbortSignal.any([system.signal, over.signal]);
  const journal = new KeptJournal();
  const said: string[] = [];
  const stopLater = (ms: number): NodeJS.Timeout => setTimeout(() => over.abort(), ms);
  const silence = accelerator === 'kvm' ? stopLater(silentMs) : undefined;
  let ending: NodeJS.Timeout | undefined;
  const ended = await runMachine({
    assembly,
    files,
    emulator,
    accelerator,
    timeoutMs: limitMs,
    signal,
    onConsole: (line) => {
      clearTimeout(silence);
      journal.add(line);
      if (journal.isFlood) over.abort();
      else if (isLastWord(line)) ending ??= stopLater(lastWordsMs);
      else say(shown(line));
    },
    onReport: (line) => {
      if (said.length < mostSaid) said.push(line);
      if (/^end:/.test(line)) over.abort();
    },
  });
  clearTimeout(silence);
  clearTimeout(ending);
  return { ended, report: readReport(said), console: journal.lines(), isFlood: journal.isFlood, limitMs };
}

/** Emulation takes several times as long as virtualisation, and desktops are large. */
const slowerInSoftware = 2;
/** After a last word comes what explains it, and nothing else. */
const lastWordsMs = 2000;
const mostSaid = 10_000;

/** A line of the console without its time, short enough to stand beside a progress bar. */
function shown(line: string): string {
  return `Booting: ${line.replace(/^\[ *\d+\.\d+\] /, '').slice(0, 100)}`;
}

function notDone(sentence: string, ...details: string[]): RehearsedBoot {
  return { proof: { id: bootProof, result: 'skipped', sentence, details } };
}
