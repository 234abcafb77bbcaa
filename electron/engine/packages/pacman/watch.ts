/**
 * Follows a run of pacman by its words: which package or hook it is at, what that said, and which of them failed. pacman goes on after a
 * script that failed and ends with success, so only its words tell.
 */
import { Fault } from '../../fault.js';
import { lastLines, type RunResult } from '../../process/run.js';
import type { System } from '../../system.js';
import type { Runner } from '../runner.js';
import { complaints } from './failure.js';

/** Nothing is installed for longer; a script that talks without end is stopped by this. */
const timeoutMs = 6 * 3600_000;

/** No service manager answers in a rehearsal: systemctl(1) then does what it does in a chroot. */
const scriptEnvironment = { SYSTEMD_OFFLINE: '1' };

/** What pacman says of the read-only package cache, which it is meant to find so. */
const expectedNoise = /^warning: couldn't (?:find or )?create package cache/;

interface Subject {
  readonly kind: 'package' | 'hook';
  readonly name: string;
}

interface Failure {
  readonly subject: Subject | undefined;
  readonly words: readonly string[];
}

export class Watch {
  #subject: Subject | undefined;
  #isAtHooks = false;
  #said: string[] = [];
  #all: string[] = [];
  readonly #failures: Failure[] = [];
  #packages = 0;

  constructor(
    private readonly system: System,
    private readonly log: (line: string) => void,
    /** Called with the number of packages that were begun. */
    private readonly step: (text: string, packages: number) => void,
  ) {}

  /** Packages whose script failed. */
  get failed(): readonly string[] {
    return this.#failures.flatMap(({ subject }) => (subject?.kind === 'package' ? [subject.name] : []));
  }

  /** Answers with the fault that the run amounts to, or `undefined` where all went well. */
  async run(runner: Runner, argv: readonly [string, ...string[]]): Promise<Fault | undefined> {
    // Both streams in one, in the order in which pacman wrote: which package an error belongs to is told by what stands before it.
    const result = await runner(['sh', '-c', 'exec "$@" 2>&1', 'sh', ...argv], {
      timeoutMs,
      idleTimeoutMs: this.system.settings.scriptIdleMs,
      signal: this.system.signal,
      environment: scriptEnvironment,
      onLine: (_stream, line) => this.#hear(line),
    });
    return this.#faultOf(result);
  }

  #hear(line: string): void {
    if (expectedNoise.test(line)) return;
    this.log(line);
    this.#all = [...this.#all.slice(-39), line];
    const subject = this.#subjectOf(line);
    if (subject) {
      this.#subject = subject;
      this.#said = [];
      if (subject.kind === 'package') this.#packages += 1;
      this.step(line.replace(/\.\.\.$/, ''), this.#packages);
    } else if (
      /^error: (?:command failed to execute correctly|command terminated by signal|could not (?:fork|get current))/.test(
        line,
      )
    )
      this.#failures.push({ subject: this.#subject, words: this.#said });
    else this.#said = [...this.#said.slice(-39), line];
  }

  #subjectOf(line: string): Subject | undefined {
    if (line.startsWith(':: ')) this.#isAtHooks = /^:: Running (?:pre|post)-transaction hooks/.test(line);
    const name = /^(?:installing|upgrading|reinstalling|downgrading|removing) ([^\s.][^\s]*?)\.\.\.$/.exec(
      line,
    )?.[1];
    if (name !== undefined) return { kind: 'package', name };
    const hook = this.#isAtHooks ? /^\( *\d+\/\d+\) (.+?)(?:\.\.\.)?$/.exec(line)?.[1] : undefined;
    return hook === undefined ? undefined : { kind: 'hook', name: hook };
  }

  #faultOf(result: RunResult): Fault | undefined {
    if (this.system.signal.aborted) return new Fault('CANCELLED');
    const words = lastLines(this.#all.join('\n'), 12);
    const at = named(this.#subject);
    switch (result.ended) {
      case 'idle':
      case 'timeout':
        return new Fault('PACKAGE_SCRIPT_HUNG', at, ...words);
      case 'not-found':
        return new Fault('COMMAND_FAILED', 'pacman: not found in the clone');
      case 'cancelled':
        return new Fault('PACKAGE_SCRIPT_FAILED', at, 'it ended the whole rehearsal', ...words);
      case 'exit':
        return result.status === 0 && this.#failures.length === 0 ? undefined : this.#failure(result, words);
    }
  }

  #failure(result: RunResult, words: readonly string[]): Fault {
    const text = this.#all.join('\n');
    if (/No space left on device|Disk quota exceeded|not enough free disk space/.test(text))
      return new Fault('NO_SPACE', named(this.#subject), ...words);
    if (/PGP signature|missing required signature/.test(text))
      return new Fault('ARCHIVE_UNTRUSTED', ...complaints(text));
    if (this.#failures.length > 0) {
      const details = this.#failures.flatMap(({ subject, words: said }) => [
        named(subject),
        ...lastLines(said.join('\n'), 12),
      ]);
      return new Fault('PACKAGE_SCRIPT_FAILED', ...details);
    }
    const reason =
      result.signal === null ? complaints(text) : [`the package manager was ended by ${result.signal}`];
    return new Fault('PACKAGE_SCRIPT_FAILED', named(this.#subject), ...reason, ...words);
  }
}

function named(subject: Subject | undefined): string {
  return subject === undefined ? 'package unknown' : `${subject.kind} ${subject.name}`;
}
