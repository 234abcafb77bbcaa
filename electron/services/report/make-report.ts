/** The details for a bug report: what a developer needs, in plain text, with nobody's name in it. */
import type { AppState } from '../../../shared/app.js';
import type { Outcome, Problem } from '../../../shared/errors.js';
import type { Caller } from '../connection/connection.js';
import { redact, type Identities } from './redact.js';

/** Lines of the log's end. */
const logLines = 200;

export interface ReportOptions {
  readonly helper: Caller;
  readonly state: AppState;
  readonly version: string;
  /** What the app could not use of its own files. */
  readonly remarks: readonly string[];
  readonly identities: Identities;
}

export async function makeReport(options: ReportOptions): Promise<string> {
  const { helper, state, version, remarks } = options;
  const [machine, checks, log] = await Promise.all([
    helper.call('inspect', {}),
    helper.call('check', { moment: 'before-stage' }),
    helper.call('log', {}),
  ]);
  const { status, connection, update, schedule } = state;
  const lines = [
    `Understudy ${version}, Node ${process.versions.node}${electron()}, helper ${status?.helper.version ?? 'none'}`,
    `State: ${update.state}${state.practice ? ' (practice system)' : ''}; connection: ${connection.state}; schedule: ${schedule.reason}`,
    ...section('Machine', machine, (value) => [
      `${value.distribution.name} ${value.distribution.version ?? ''} (${value.distribution.family}), ${value.architecture}, kernel ${value.runningKernel ?? 'unknown'}, init ${value.init ?? 'unknown'}`,
      `Boot loader ${value.bootLoader}; package managers ${value.packageManagers.join(', ') || 'none'}; ${value.pendingUpdates.length} updates wait`,
      ...value.mounts.map(
        (mount) =>
          `${mount.mountPoint}: ${mount.fileSystem}${mount.readOnly ? ', read-only' : ''}, ${mount.freeBytes} of ${mount.totalBytes} bytes free`,
      ),
      ...value.backends.map(
        ({ name, usable, reason }) => `${name}: ${usable ? 'usable' : 'not usable'}. ${reason}`,
      ),
      ...value.unseen.map(({ what, why }) => `Not seen: ${what} (${why})`),
    ]),
    ...section('Checks', checks, ({ checks: all }) =>
      all.map(({ id, result, sentence, measured }) => `${result} ${id}: ${sentence} ${measured}`),
    ),
    '',
    'Last problem',
    ...problemLines(lastProblem(state)),
    ...section('Log', log, (value) => [
      ...(value.dropped > 0 || value.lines.length > logLines ? ['(the beginning is left out)'] : []),
      ...value.lines.slice(-logLines),
    ]),
    ...(remarks.length > 0 ? ['', 'Files of the app', ...remarks] : []),
  ];
  return `${redact(lines.join('\n'), options.identities)}\n`;
}

const electron = (): string =>
  'electron' in process.versions ? `, Electron ${process.versions.electron}` : '';

function section<T>(title: string, outcome: Outcome<T>, body: (value: T) => string[]): string[] {
  return ['', title, ...(outcome.ok ? body(outcome.value) : problemLines(outcome.problem))];
}

function lastProblem({ update, status, connection }: AppState): Problem | null {
  return ('problem' in update ? update.problem : null) ?? status?.last?.problem ?? connection.problem;
}

function problemLines(reason: Problem | null): string[] {
  return reason ? [`${reason.code}: ${reason.sentence}`, ...reason.details] : ['none'];
}
