/** For people: the result on standard output; progress, remarks, questions and problems on standard error. */
import { exitCodeOf, exitCodes } from '../../../shared/errors.js';
import { problemLines } from '../render/problem.js';
import type { Output } from './output.js';
import { progressBar, type ProgressView } from './progress-bar.js';
import { progressLines } from './progress-lines.js';
import { canRedraw, lookOf, type Environment } from './terminal.js';
import type { TextStream } from './text-stream.js';

export interface HumanOptions {
  readonly quiet: boolean;
  readonly environment: Environment;
  /** How the user would call the command again. */
  readonly command: string;
}

export function humanOutput(stdout: TextStream, stderr: TextStream, options: HumanOptions): Output {
  const { quiet, environment, command } = options;
  const resultLook = () => lookOf(stdout, environment, command);
  const errorLook = () => lookOf(stderr, environment, command);
  const view: ProgressView = canRedraw(stderr, environment)
    ? progressBar(stderr, errorLook)
    : progressLines(stderr);
  return {
    progress: quiet ? () => undefined : (event) => view.take(event),
    note: (lines) => {
      if (!quiet) view.say([...lines(errorLook())]);
    },
    announce: (_document, lines) => stdout.lines([...lines()]),
    question: (lines, question) => {
      view.pause();
      view.say([...lines(errorLook())]);
      stderr.write(`${question} [y/N] `);
    },
    finish({ outcome }) {
      view.end();
      if (outcome.ok) stdout.lines(outcome.value.lines(resultLook()));
      else if (exitCodeOf(outcome.problem.code) === exitCodes.done)
        stdout.lines(problemLines(outcome.problem, resultLook()));
      else stderr.lines(problemLines(outcome.problem, errorLook()));
    },
  };
}
