/** What the machine of a rehearsal says of its own start, line by line, as the unit of `guest-files.ts` writes it. */

export interface FailedUnit {
  readonly name: string;
  /** What systemd calls the kind of failure, such as `exit-code`. */
  readonly result: string;
  /** Its files and its program, as they are named in the system that was booted. */
  readonly files: readonly string[];
}

export interface BootReport {
  /** systemd was up so far that it started our unit. */
  readonly begun: boolean;
  /** What `systemctl is-system-running` said in the end; undefined before the start was over. */
  readonly state: string | undefined;
  readonly target: string | undefined;
  readonly targetIsActive: boolean;
  readonly failed: readonly FailedUnit[];
  /** Start jobs that had not ended at the last look. */
  readonly waitingFor: readonly string[];
  /** Why there was no machine at all. */
  readonly refused: string | undefined;
  readonly complete: boolean;
}

/** More are not told: whatever runs in the guest may write here. */
const mostUnits = 200;

export function readReport(lines: readonly string[]): BootReport {
  let [begun, complete, targetIsActive] = [false, false, false];
  let state: string | undefined;
  let target: string | undefined;
  let refused: string | undefined;
  let jobs: string[] = [];
  const failed: { name: string; result: string; files: string[] }[] = [];
  for (const line of lines) {
    const [, key = '', rest = ''] = /^([A-Za-z]+)[:=] ?(.*?)\r?$/.exec(line) ?? [];
    const unit = failed.at(-1);
    switch (key) {
      case 'begun':
        begun = true;
        break;
      case 'look':
        jobs = [];
        break;
      case 'job': {
        const [job = '', step] = rest.split(' ');
        if (step === 'running') jobs.push(job);
        break;
      }
      case 'state':
        state = rest;
        break;
      case 'target': {
        const [, property, value = ''] = /^(\w+)=(.*)$/.exec(rest) ?? [];
        if (property === 'Id') target = value;
        if (property === 'ActiveState') targetIsActive = value === 'active';
        break;
      }
      case 'failed':
        if (failed.length < mostUnits) failed.push({ name: rest, result: '', files: [] });
        break;
      case 'Result':
        if (unit) unit.result = rest;
        break;
      case 'FragmentPath':
      case 'DropInPaths':
        unit?.files.push(...rest.split(' ').filter((path) => path.startsWith('/')));
        break;
      case 'ExecStart':
        unit?.files.push(...[...rest.matchAll(/ path=(\/[^ ;]*)/g)].map(([, path = '']) => path));
        break;
      case 'refused':
        refused = rest;
        break;
      case 'end':
        complete = true;
        break;
    }
  }
  return { begun, state, target, targetIsActive, failed, waitingFor: jobs, refused, complete };
}
