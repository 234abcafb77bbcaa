import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkReportSchema, type CheckResult } from '../../../shared/check.js';
import type { ProgressEvent } from '../../../shared/progress.js';
import { defineCheck, pass, type Check, type Moment } from '../../../electron/engine/checks/check.js';
import { checks } from '../../../electron/engine/checks/registry.js';
import { runChecks, worst } from '../../../electron/engine/checks/run-checks.js';
import { reporter } from '../../../electron/engine/report.js';
import { fixture } from '../inspect/fixture.js';
import { context, plan } from './context.js';

const check = (
  id: string,
  examine: () => never | Promise<never> | ReturnType<typeof pass>,
  when: Moment[],
): Check => defineCheck({ id, title: id, when, examine });

describe('the registry', () => {
  it('holds every check once, each in the file of its name', () => {
    const ids = checks.map(({ id }) => id);
    const files = readdirSync('electron/engine/checks').map((name) => name.replace(/\.ts$/, ''));
    const others = ['check', 'file-systems', 'process-name', 'registry', 'run-checks', 'words'];
    expect([...ids].sort()).toEqual(files.filter((name) => !others.includes(name)).sort());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(['before-stage', 'before-activation'] as const)('passes on a healthy system %s', async (moment) => {
    const machine = fixture();
    const seen: string[] = [];
    const report = await runChecks(context(machine, { plan: plan() }), moment, ({ id }) => seen.push(id));
    expect(report.checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(checkReportSchema.parse(report).result).toBe('pass');
    expect(seen).toEqual(checks.filter(({ when }) => when.includes(moment)).map(({ id }) => id));
    expect(report.checks.every(({ remedy, measured }) => remedy === null && measured !== '')).toBe(true);
  });
});

describe('running checks', () => {
  it('turns a crash into a warning and goes on', async () => {
    const crash = check(
      'crash',
      () => {
        throw new Error('the sensor is gone');
      },
      ['before-stage'],
    );
    const rejects = check('rejects', () => Promise.reject(new Error('later')), ['before-stage']);
    const fine = check('fine', () => pass('Fine.', 'yes'), ['before-stage']);
    const report = await runChecks(context(fixture()), 'before-stage', undefined, [crash, rejects, fine]);
    expect(report.result).toBe('warn');
    expect(report.checks.map(({ id, result, measured }) => [id, result, measured])).toEqual([
      ['crash', 'warn', 'the sensor is gone'],
      ['rejects', 'warn', 'later'],
      ['fine', 'pass', 'yes'],
    ]);
  });

  it('asks only the checks of the moment, and takes the worst answer', async () => {
    const early = check('early', () => pass('', ''), ['before-stage']);
    const late = check('late', () => pass('', ''), ['before-activation']);
    const report = await runChecks(context(fixture()), 'before-activation', undefined, [early, late]);
    expect(report.checks.map(({ id }) => id)).toEqual(['late']);
    expect(worst([])).toBe('pass');
    expect(worst([{ result: 'warn' }, { result: 'block' }, { result: 'pass' }])).toBe('block');
  });

  it('can be cancelled before and during a check that never ends', async () => {
    const machine = fixture();
    const abort = new AbortController();
    const hangs = check('hangs', () => new Promise<never>(() => setImmediate(() => abort.abort())), [
      'before-stage',
    ]);
    const running = context(machine, { system: machine.system({ signal: abort.signal }) });
    const seen: CheckResult[] = [];
    const fine = check('fine', () => pass('', ''), ['before-stage']);
    await expect(
      runChecks(running, 'before-stage', (result) => seen.push(result), [fine, hangs, fine]),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(seen.map(({ id }) => id)).toEqual(['fine']);
    await expect(runChecks(running, 'before-stage', undefined, [fine])).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  it('reports its phase', async () => {
    const machine = fixture();
    const events: ProgressEvent[] = [];
    const system = machine.system({ report: reporter((event) => events.push(event)) });
    await runChecks(context(machine, { system }), 'before-stage');
    expect(events[0]).toMatchObject({ type: 'phase-started', phase: 'check' });
    expect(events.at(-1)).toMatchObject({ type: 'phase-ended', phase: 'check' });
  });
});
