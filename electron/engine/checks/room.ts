/**
 * Room for download, staging and restore point. Download and staging go to Understudy's own folder; the new `/usr` is
 * assembled beside the old one, which becomes the restore point.
 */
import type { Plan } from '../../../shared/plan.js';
import { thisMachine, type MachineSources } from '../inspect/sources.js';
import { join } from '../posix/raw-path.js';
import type { System } from '../system.js';
import { always, block, defineCheck, pass, warn, type Moment } from './check.js';
import { fileSystemOf, roomOn, type FileSystem } from './file-systems.js';
import { size } from './words.js';

/** A clone makes folders anew and hard links the files; below this it may run out of inodes before bytes. */
const fewInodes = 50_000;
const tooFewInodes = 5_000;

interface Need {
  readonly on: FileSystem;
  readonly bytes: number;
}

export const room = defineCheck({
  id: 'room',
  title: 'Room on the disk',
  when: always,
  async examine({ system, plan, sources = thisMachine }, moment) {
    const reserve = system.settings.reserveBytes;
    const measured: string[] = [];
    const short: string[] = [];
    let tight = false;
    for (const { on, bytes } of needsOf(system, plan, moment, sources)) {
      const { freeBytes, freeInodes } = await roomOn(on);
      measured.push(`${size(freeBytes)} free, ${size(bytes)} needed on ${on.name}`);
      if (freeBytes < bytes + reserve) short.push(`${size(bytes + reserve - freeBytes)} on ${on.name}`);
      else if (freeBytes < bytes + 2 * reserve) tight = true;
      if (freeInodes !== null && freeInodes < fewInodes) {
        measured.push(`${freeInodes} inodes free on ${on.name}`);
        if (freeInodes < tooFewInodes) short.push(`inodes on ${on.name}`);
        else tight = true;
      }
    }
    const facts = `${measured.join('; ')}; ${size(reserve)} are kept free`;
    const remedy = 'Free some space, or remove old restore points with "understudy prune".';
    if (short.length > 0)
      return block(`There is not enough room: missing are ${short.join(' and ')}.`, facts, remedy);
    if (tight) return warn('There is just enough room.', facts, remedy);
    return pass(
      plan === undefined ? 'There is room; a plan will tell how much is needed.' : 'There is enough room.',
      facts,
    );
  },
});

function needsOf(system: System, plan: Plan | undefined, moment: Moment, sources: MachineSources): Need[] {
  const store = fileSystemOf(system, system.store, sources);
  const programs = fileSystemOf(system, join(system.root, 'usr'), sources);
  const staging = plan?.needs.staging ?? 0;
  // What is staged lies on the disk already when it is about to be activated.
  const forStage = moment === 'before-stage' ? (plan?.needs.download ?? 0) + staging : 0;
  const restorePoint = plan?.restorePoint.bytes ?? 0;
  if (store.key === programs.key) return [{ on: programs, bytes: forStage + restorePoint }];
  // Files cannot be linked from one file system to another: what was staged is copied to the programs.
  return [
    { on: store, bytes: forStage },
    { on: programs, bytes: restorePoint + staging },
  ];
}
