/** Staging that nobody asked for, on a real system: it gives way to everything else, and its success and failures are remembered. */
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reporter } from '../../electron/engine/report.js';
import { stage } from '../../electron/engine/stage.js';
import { facts } from '../../electron/engine/status.js';
import { openSystem } from '../../electron/engine/system.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { removeRoot } from '../lab/template.js';
import { practiceSystem } from '../lab/practice-system.js';

const impossible = await debianRootImpossible();

/** Name and niceness of every process below this one (proc(5): fields 2, 4 and 19 of stat). */
function descendants(): { name: string; nice: number }[] {
  const processes = readdirSync('/proc').flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${Number(pid)}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      return [{ pid: Number(pid), parent: Number(fields[1]), nice: Number(fields[16]), name }];
    } catch {
      return []; // no process, or it ended
    }
  });
  const ours = new Set([process.pid]);
  for (let size = 0; size < ours.size;) {
    size = ours.size;
    for (const { pid, parent } of processes) if (ours.has(parent)) ours.add(pid);
  }
  return processes.filter(({ pid }) => ours.has(pid) && pid !== process.pid);
}

describe.skipIf(impossible !== undefined)(`staging in the background (${impossible ?? 'runs'})`, () => {
  let root = '';
  beforeAll(async () => void (root = await practiceSystem()));
  afterAll(() => removeRoot(root));

  it('counts its failures, gives way while it works, and then has its priority back', async () => {
    const before = getPriority();
    const seen = new Map<string, Set<number>>();
    const system = openSystem(root, {
      settings: { reserveBytes: 16 * 1024 ** 2 },
      report: reporter(({ type, phase }) => {
        if (type !== 'log' || phase !== 'rehearse') return;
        for (const { name, nice } of descendants())
          seen.set(name, (seen.get(name) ?? new Set<number>()).add(nice));
      }),
    });
    expect(facts(system).automatic).toEqual({ lastAttempt: null, lastSuccess: null, failures: 0 });
    expect(await stage(system, { plan: 'plan-unknown', background: true })).toMatchObject({
      ok: false,
      problem: { code: 'PLAN_UNKNOWN' },
    });
    expect(facts(system).automatic).toMatchObject({ lastSuccess: null, failures: 1 });

    const outcome = await stage(system, { scope: 'all', background: true });
    expect(outcome).toMatchObject({ ok: true, value: { ready: true } });
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['apt-get']));
    expect([...new Set([...seen.values()].flatMap((values) => [...values]))]).toEqual([19]);
    expect(getPriority()).toBe(before);

    const { automatic, staged } = facts(system);
    expect(automatic.failures).toBe(0);
    expect(automatic.lastSuccess).toBe(automatic.lastAttempt);
    expect(staged).toMatchObject({ ready: true });

    // Someone who asks says nothing about what happens by itself.
    expect(await stage(system, { plan: 'plan-unknown' })).toMatchObject({ ok: false });
    expect(facts(system).automatic).toEqual(automatic);
    expect(await stage(system, { scope: 'all', background: true })).toMatchObject({ ok: true });
    expect(facts(system).automatic.failures).toBe(0);
  });
});
