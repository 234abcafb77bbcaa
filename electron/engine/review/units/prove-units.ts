/**
 * Proof: the units that the update brings or changes pass `systemd-analyze verify`, run inside the staged tree with the
 * staged systemd. A unit that failed in the same way before the update is a warning.
 */
import { lstatSync } from 'node:fs';
import type { Proof } from '../../../../shared/changeset.js';
import { Fault } from '../../fault.js';
import { bytes, display, join, type RawPath } from '../../posix/raw-path.js';
import { lastLines, type RunResult } from '../../process/run.js';
import type { TreeView } from '../../environments/environment.js';
import { count, Findings, type ProofMaker, type StageUnderTest } from '../proof.js';
import { changedUnits, unitFile, unitText, type ChangedUnit } from './changed-units.js';
import {
  missingCommand,
  missingService,
  templateOf,
  unitMessages,
  type UnitMessage,
} from './verify-output.js';

const timeoutMs = 120_000;
/** Units that are handed over at once; thousands would exceed the room for arguments. */
const batch = 500;
/** Below the session's own, empty /run: gone with the session. */
const oldUnitsFolder = '/run/understudy-units';

export const units: ProofMaker = {
  id: 'units',
  title: 'changed units are valid',
  async prove(stage) {
    const { units: changed, dangling } = changedUnits(stage.view, stage.changes);
    const findings = new Findings();
    for (const path of dangling) findings.warn(`${display(path)}: the link points to nothing.`);
    if (changed.length > 0) {
      if (!has(stage.view, 'systemd-analyze'))
        return skipped(
          `${count(changed.length, 'unit')} changed, but the tree has no systemd-analyze to verify them with.`,
        );
      const messages = await verify(stage, changed);
      if (typeof messages === 'string') return inconclusive(changed.length, messages);
      await judge(stage, changed, messages, findings);
    }
    const verified = count(changed.length, 'changed unit');
    return findings.proof('units', {
      pass: changed.length === 0 ? 'The update changes no unit.' : `${verified} verified by systemd-analyze.`,
      warn: `${verified} verified by systemd-analyze, with remarks.`,
      fail: `${verified} verified by systemd-analyze; some would not start.`,
    });
  },
};

function skipped(sentence: string): Proof {
  return { id: 'units', result: 'skipped', sentence, details: [] };
}

function inconclusive(number: number, reason: string): Proof {
  return {
    id: 'units',
    result: 'warn',
    sentence: `${count(number, 'changed unit')} could not be verified: systemd-analyze did not do its work.`,
    details: reason === '' ? [] : [reason],
  };
}

/** The messages about the changed units, or why there are none. */
async function verify(
  stage: StageUnderTest,
  changed: readonly ChangedUnit[],
): Promise<UnitMessage[] | string> {
  const own = new Set(changed.map((unit) => templateOf(unit.name)));
  const messages: UnitMessage[] = [];
  for (let start = 0; start < changed.length; start += batch) {
    const part = changed.slice(start, start + batch);
    stage.step(`${part[0]?.name} …`);
    const result = await analyze(
      stage,
      part.map((unit) => unit.argument),
    );
    const about = unitMessages(result.stderr + result.stdout);
    messages.push(...about.filter((message) => own.has(message.unit)));
    // status 1 with messages is its answer; anything else that is not 0 is a failure of its own
    const maskedOnly = /^Unit \S+ is masked\.$/m.test(result.stderr);
    if (
      result.ended !== 'exit' ||
      result.status === null ||
      (result.status !== 0 && about.length === 0 && !maskedOnly)
    )
      return result.ended === 'exit'
        ? lastLines(result.stderr, 1).join('')
        : `It was stopped (${result.ended}).`;
  }
  return messages;
}

async function analyze(stage: StageUnderTest, units: readonly string[]): Promise<RunResult> {
  const call = async (...options: readonly string[]): Promise<RunResult> => {
    const result = await stage.session.run(['systemd-analyze', 'verify', '--man=no', ...options, ...units], {
      timeoutMs,
      signal: stage.signal,
      environment: { SYSTEMD_LOG_LEVEL: 'warning', SYSTEMD_LOG_TARGET: 'console', SYSTEMD_COLORS: '0' },
    });
    if (result.ended === 'cancelled' && stage.signal.aborted) throw new Fault('CANCELLED');
    return result;
  };
  // `no`: only what the named units themselves do wrong decides the status. systemd before 250 lacks the option.
  const result = await call('--recursive-errors=no');
  return /unrecognized option/.test(result.stderr) ? call() : result;
}

async function judge(
  stage: StageUnderTest,
  changed: readonly ChangedUnit[],
  messages: readonly UnitMessage[],
  findings: Findings,
): Promise<void> {
  const refused = changed.filter((unit) =>
    messages.some((message) => isRefusal(message) && message.unit === templateOf(unit.name)),
  );
  const old = refused.length === 0 ? [] : await messagesOfOldUnits(stage, refused);
  const verdicts = new Map<string, Verdict>();
  for (const message of messages)
    verdicts.set(`${message.unit}: ${message.text}`, verdictOn(stage, changed, message, old));
  for (const [line, verdict] of verdicts) {
    if (verdict === 'new') findings.fail(line);
    else if (verdict === 'old') findings.warn(`${line} (as before the update)`);
    else if (verdict === 'remark') findings.warn(line);
  }
}

/** `new`: the update is to blame; `old`: it was so before; `intended`: the unit can do without. */
type Verdict = 'new' | 'old' | 'remark' | 'intended';

function verdictOn(
  { view, before }: StageUnderTest,
  changed: readonly ChangedUnit[],
  message: UnitMessage,
  old: readonly UnitMessage[],
): Verdict {
  if (message.weight === 'remark') return 'remark';
  const command = missingCommand(message.text);
  if (command !== undefined) {
    const path = changed.find((each) => templateOf(each.name) === message.unit)?.path;
    const [now, then] = [view, before].map((tree) =>
      path === undefined ? '' : (unitText(tree, path) ?? ''),
    );
    if (isOptional(now ?? '', command)) return 'intended';
    return then?.includes(command) && !isExecutable(before, command) ? 'old' : 'new';
  }
  const service = missingService(message.text);
  if (service !== undefined) {
    // one that was never a file is made by a generator, from an init script for instance, or by another package
    const went = unitFile(before, service) !== undefined && unitFile(view, service) === undefined;
    return went ? 'new' : 'intended';
  }
  return old.some((each) => isRefusal(each) && each.unit === message.unit) ? 'old' : 'new';
}

/** True when systemd refuses the unit for what is written in it, whatever else is installed. */
function isRefusal({ text, weight }: UnitMessage): boolean {
  return weight === 'broken' && missingCommand(text) === undefined && missingService(text) === undefined;
}

/** What systemd says of the suspects as they were before the update, seen in the staged tree. */
async function messagesOfOldUnits(
  stage: StageUnderTest,
  suspects: readonly ChangedUnit[],
): Promise<UnitMessage[]> {
  const { session, before, signal } = stage;
  const paths: string[] = [];
  await session.run(['mkdir', '-p', oldUnitsFolder], { timeoutMs, signal });
  for (const { name, path } of suspects) {
    const text = name === path.slice(path.lastIndexOf('/') + 1) ? unitText(before, path) : undefined;
    if (text === undefined) continue;
    const place = `${oldUnitsFolder}/${name}`;
    const written = await session.run(['tee', place], {
      timeoutMs,
      signal,
      input: Buffer.from(text, 'latin1'),
      keepBytes: 1,
    });
    if (written.status === 0) paths.push(place);
  }
  const messages = paths.length === 0 ? [] : unitMessages((await analyze(stage, paths)).stderr);
  await session.run(['rm', '-rf', oldUnitsFolder], { timeoutMs, signal });
  return messages;
}

function has(view: TreeView, program: string): boolean {
  return ['usr/bin', 'bin'].some((folder) => view.resolve(join(folder as RawPath, program)) !== undefined);
}

/** True when the unit has a condition that skips it where the command is not installed. */
function isOptional(unit: string, command: string): boolean {
  return unit
    .split('\n')
    .some((line) => /^Condition(FileIsExecutable|PathExists)=\|?(.*?)\s*$/.exec(line)?.[2] === command);
}

function isExecutable(view: TreeView, command: string): boolean {
  const onHost = view.resolve(command.slice(1) as RawPath);
  const stat = onHost === undefined ? undefined : lstatSync(bytes(onHost), { throwIfNoEntry: false });
  return stat?.isFile() === true && (stat.mode & 0o111) !== 0;
}
