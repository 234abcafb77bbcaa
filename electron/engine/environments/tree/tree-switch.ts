/**
 * The switch of the tree backend between the environment before and the staged one. Everything is prepared beside the
 * running system and written to `switch.json` and the placement lists first; then `/usr` is exchanged in one atomic step,
 * which is the commit point, and the rest follows. Every method can be run again after a cut at any moment.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Fault } from '../../fault.js';
import { bigStatus } from '../../files/attributes.js';
import { writeFileDurably } from '../../files/durable.js';
import { readJsonLines, writeJsonLines } from '../../files/json-lines.js';
import { kernelWords, previousWord, usrWord } from '../../inspect/kernel-words.js';
import { readMountTable } from '../../inspect/mount-table.js';
import { detach } from '../../posix/mount.js';
import { bytes, isWithin, join, nameOf, parentOf, type RawPath } from '../../posix/raw-path.js';
import { exchange } from '../../posix/rename.js';
import { syncDirectory, syncFileSystem } from '../../posix/sync.js';
import { machineOf, type System } from '../../system.js';
import type { Keepsake, Switch, TreeView } from '../environment.js';
import { namesIn, plainView } from '../plain-view.js';
import { resolveInTree } from '../resolve.js';
import { statusOf } from './overlay-view.js';
import { folderAttributes, inOrder, place, placementSchema, type Placement } from './placements.js';
import { volumesOf } from './places.js';
import { relativeToRoot, switchFolder } from './restore-folders.js';

/** Where an installation has it (build/install.js, and the packages), relative to the root. */
const firstProcesses = ['usr/lib/understudy/start-before', 'opt/Understudy/resources/program/start-before'];

const unitSchema = z.strictObject({
  /** The unit, relative to the root. */
  path: z.string(),
  /** Where the tree lies that is not in use, relative to the root. */
  place: z.string(),
  oldInode: z.number(),
  newInode: z.number(),
});

export const switchSchema = z.strictObject({
  version: z.literal(1),
  restorePoint: z.string(),
  units: z.array(unitSchema),
});
export type SwitchRecord = z.infer<typeof switchSchema>;

type ListName = 'early' | 'forward' | 'backward' | 'rollback';

export class TreeSwitch implements Switch {
  constructor(
    readonly system: System,
    readonly record: SwitchRecord,
  ) {}

  get restorePoint(): string {
    return this.record.restorePoint;
  }

  readonly onStep = (): void => this.system.onStep?.('change');

  /** Throws `RESTORE_POINT_DAMAGED` when the record is missing or unreadable. */
  static read(system: System, restorePoint: string): TreeSwitch {
    const path = join(switchFolder(system, restorePoint), 'switch.json');
    try {
      return new TreeSwitch(system, switchSchema.parse(JSON.parse(readFileSync(bytes(path), 'utf8'))));
    } catch (error) {
      throw new Fault(
        'RESTORE_POINT_DAMAGED',
        `${restorePoint}: ${error instanceof Error ? error.message : 'unreadable'}`,
      );
    }
  }

  /** `exchanged`: what the update changed inside the units, to tell it later from what the user changed. */
  write(
    lists: Readonly<Record<'early' | 'forward' | 'backward', readonly Placement[]>>,
    exchanged: readonly RawPath[],
  ): void {
    writeJsonLines(join(this.folder, 'exchanged.jsonl'), exchanged);
    for (const [name, list] of Object.entries(lists))
      writeJsonLines(this.#list(name as ListName), inOrder(list));
    writeFileDurably(join(this.folder, 'switch.json'), JSON.stringify(this.record));
  }

  get folder(): RawPath {
    return switchFolder(this.system, this.record.restorePoint);
  }

  /** Kernels and their files are only ever added before the commit point: the old system does not notice them. */
  addEarly(): void {
    place(this.system.root, this.read('early'), this.onStep);
    this.sync();
  }

  undoEarly(): void {
    const backward = new Map(this.read('backward').map((placement) => [placement.path, placement]));
    const undo = this.read('early').map(
      ({ path }) => backward.get(path) ?? { put: 'nothing' as const, path },
    );
    const times = [...backward.values()].filter(({ put, path }) => put === 'time' && isWithin(path, 'boot'));
    place(this.system.root, inOrder([...undo, ...times]), this.onStep);
    this.sync();
  }

  /** True once `/usr` is the new one. Without exchange units there is no such mark: the journal alone knows. */
  isSwitched(): boolean | undefined {
    const first = this.record.units[0];
    return first && this.#inode(first.path) === first.newInode;
  }

  isReturned(): boolean {
    const [first] = this.record.units;
    return first !== undefined && this.#inode(first.place) === first.newInode;
  }

  isInEffect(): boolean {
    return true;
  }

  isFallenBack(): boolean {
    const isSaid = kernelWords(machineOf(this.system)).includes(previousWord(this.restorePoint));
    return this.#covered().length > 0 || (isSaid && this.isSwitched() !== false);
  }

  uncover(): void {
    for (const unit of this.#covered()) detach(join(this.system.root, unit.path));
  }

  /** What is exchanged is found in place of the new one where the first process of that start says so (build/boot/start-before). */
  wordsBefore(usual: readonly string[]): string[] {
    const [usr] = this.record.units;
    const first = firstProcesses.find((path) => statusOf(join(this.system.root, path)));
    const words = usr && first !== undefined ? [usrWord(usr.oldInode), `init=/${first}`] : [];
    return [...usual, previousWord(this.restorePoint), ...words];
  }

  /** The exchanged folders over which the ones from before are mounted. */
  #covered(): SwitchRecord['units'] {
    const table = readMountTable(machineOf(this.system));
    return this.record.units.filter(({ path, place }) =>
      table.at(join(this.system.root, path))?.origin.endsWith(`/${place}`),
    );
  }

  /** The commit point and what follows it. */
  switchOver(): void {
    for (const unit of this.record.units) {
      this.onStep();
      if (this.#inode(unit.path) !== unit.newInode) this.#exchange(unit);
    }
  }

  settle(): { left: RawPath[] } {
    const result = place(this.system.root, this.read('forward'), this.onStep);
    this.sync();
    return result;
  }

  /** Brings the environment before back: the same exchange in reverse, then the saved entries. */
  switchBack(): void {
    this.uncover();
    for (const unit of this.record.units) {
      this.onStep();
      if (this.#inode(unit.path) !== unit.oldInode) this.#exchange(unit);
    }
  }

  /** `rollback` is the list that a rollback wrote (saved entries and the user's later files); else `backward`. */
  settleBack(list: 'backward' | 'rollback'): { left: RawPath[] } {
    const result = place(this.system.root, this.read(list), this.onStep);
    this.sync();
    return result;
  }

  prepareRollback(keepsakes: readonly Keepsake[]): void {
    const folders = new Set<RawPath>();
    const kept: Placement[] = [];
    const replaced = new Set<string>();
    for (const { path, exists, from } of keepsakes) {
      if (from !== undefined) {
        kept.push({ put: 'entry', path, from: relativeToRoot(this.system, from) });
        replaced.add(path);
        continue;
      }
      if (!exists) {
        kept.push({ put: 'nothing', path });
        continue;
      }
      const place = this.#placeOfOther(path);
      if (place === undefined) throw new Error(`${path} lies in no exchanged folder`);
      if (statusOf(join(this.system.root, path))?.isDirectory()) folders.add(path);
      else kept.push({ put: 'entry', path, from: place });
      for (const parent of this.#foldersToMake(path)) folders.add(parent);
    }
    for (const path of folders) {
      const now = join(this.system.root, path);
      kept.push({ put: 'folder', path, attributes: folderAttributes(now) });
      kept.push({ put: 'time', path, time: String(bigStatus(now).mtimeNs) });
    }
    const saved = this.read('backward').filter(({ put, path }) => put === 'time' || !replaced.has(path));
    writeJsonLines(this.#list('rollback'), inOrder([...saved, ...kept]));
  }

  /** Folders above a path that the tree which is not in use does not have: the update brought them. */
  #foldersToMake(path: RawPath): RawPath[] {
    const folders: RawPath[] = [];
    for (let parent = parentOf(path); ; parent = parentOf(parent)) {
      const place = this.#placeOfOther(parent);
      if (place === undefined || this.#inode(place) !== undefined) return folders;
      folders.push(parent);
    }
  }

  exchanges(path: RawPath): boolean {
    return this.record.units.some((unit) => isWithin(path, unit.path));
  }

  changedPaths(): ReadonlySet<string> {
    const exchanged = this.#read('exchanged', z.string());
    return new Set(
      exchanged.concat(this.read('backward').flatMap(({ put, path }) => (put === 'time' ? [] : [path]))),
    );
  }

  viewBefore(): TreeView {
    const replaced = new Map(this.read('backward').map((entry) => [entry.path, entry]));
    const locate = (path: RawPath): RawPath | undefined => {
      const inUnit = this.#placeOfOther(path);
      if (inUnit !== undefined) return present(join(this.system.root, inUnit));
      const placement = replaced.get(path);
      if (placement?.put === 'nothing') return undefined;
      return present(join(this.system.root, placement?.put === 'entry' ? placement.from : path));
    };
    return {
      locate,
      resolve: (path) => resolveInTree(path, locate)?.onHost,
      list: (path) => {
        const inUnit = this.#placeOfOther(path);
        if (inUnit !== undefined) return namesIn(join(this.system.root, inUnit));
        const names = new Set(namesIn(join(this.system.root, path)));
        for (const [changed, { put }] of replaced) {
          if (parentOf(changed as RawPath) !== path || put === 'time') continue;
          if (put === 'nothing') names.delete(nameOf(changed as RawPath));
          else names.add(nameOf(changed as RawPath));
        }
        return [...names].sort();
      },
    };
  }

  viewAfter(): TreeView {
    return plainView(this.system.root);
  }

  /** Where a path of an exchanged folder lies in the tree that is not in use, relative to the root. */
  #placeOfOther(path: RawPath): string | undefined {
    const unit = this.record.units.find((candidate) => isWithin(path, candidate.path));
    return unit && unit.place + path.slice(unit.path.length);
  }

  read(name: ListName): Placement[] {
    return this.#read(name, placementSchema);
  }

  #read<T>(name: ListName | 'exchanged', schema: z.ZodType<T>): T[] {
    try {
      return readJsonLines(join(this.folder, `${name}.jsonl`), schema);
    } catch (error) {
      throw new Fault(
        'RESTORE_POINT_DAMAGED',
        `${this.record.restorePoint}: ${name}: ${error instanceof Error ? error.message : ''}`,
      );
    }
  }

  /** What is missing for a return to the environment before; empty when it can be done. */
  damages(): string[] {
    const damages: string[] = [];
    this.changedPaths();
    for (const unit of this.record.units) {
      const inode = this.#inode(unit.place);
      if (inode === undefined) damages.push(`the old ${unit.path} is missing`);
      else if (inode !== unit.oldInode) damages.push(`the old ${unit.path} was replaced`);
    }
    for (const placement of this.read('backward')) {
      if (placement.put === 'entry' && this.#inode(placement.from) === undefined)
        damages.push(`the old ${placement.path} is missing`);
    }
    return damages;
  }

  sync(): void {
    for (const volume of volumesOf(this.system)) syncFileSystem(join(this.system.root, volume.mount));
  }

  #exchange(unit: SwitchRecord['units'][number]): void {
    const [inUse, other] = [join(this.system.root, unit.path), join(this.system.root, unit.place)];
    if (this.#inode(unit.place) === undefined)
      throw new Fault('RESTORE_POINT_DAMAGED', `${unit.place} is missing`);
    exchange(inUse, other);
    syncDirectory(parentOf(inUse));
    syncDirectory(parentOf(other));
  }

  #inode(path: string): number | undefined {
    return statusOf(join(this.system.root, path))?.ino;
  }

  #list(name: ListName): RawPath {
    return join(this.folder, `${name}.jsonl`);
  }
}

function present(path: RawPath): RawPath | undefined {
  return statusOf(path) ? path : undefined;
}
