/**
 * What every backend of environments must do (`electron/engine/environments/environment.ts`), whatever the file system: a clone that
 * leaves the current environment alone, sessions that nothing escapes from, changes that are found exactly, and a switch there and
 * back that is exact to the byte. A backend brings a root tree made by `environmentRoot` on a file system of its own.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { openSystem } from '../../../electron/engine/system.js';
import { inTree } from '../../lab/practice-system.js';
import { clonesAreKept } from './clones.js';
import { sessionsAreIsolated } from './isolation.js';
import { base } from './scenario.js';
import { areas, type Fixture, type Workbench } from './fixture.js';
import { switchesAreExact } from './switches.js';

export function environmentConformance(name: string, makeSystem: () => Promise<Fixture>): void {
  describe(name, () => {
    let fixture: Fixture | undefined;
    const bench = {} as Workbench;
    beforeAll(async () => {
      fixture = await makeSystem();
      for (const area of areas)
        await inTree(fixture.root, ['sh', '-c', `mkdir -p "$1" && cd "$1" && ${base}`, 'sh', `/${area}`]);
      bench.system = openSystem(fixture.root);
      bench.environment = fixture.environment;
      bench.fixture = fixture;
      bench.environment.attach(bench.system, { create: true });
    });
    afterAll(() => fixture?.dispose());

    describe('clones', () => clonesAreKept(bench));
    describe('sessions', () => sessionsAreIsolated(bench));
    describe('switches', () => switchesAreExact(bench));
  });
}
