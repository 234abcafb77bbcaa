/**
 * The switch between two trees. What changes is only which of them the next start takes as its root, in one atomic step and in constant
 * time; the tree that is left stays whole, and is the restore point. What lies on other file systems follows as the backend `tree` does
 * it: in `/boot` at once, so that the next start finds its kernel, elsewhere at that start (`arrival`).
 */
import { join, isWithin, type RawPath } from '../../posix/raw-path.js';
import { readJsonLines } from '../../files/json-lines.js';
import { Fault } from '../../fault.js';
import { z } from 'zod';
import { previousWord } from '../../inspect/kernel-words.js';
import type { System } from '../../system.js';
import type { Keepsake, Switch, TreeView } from '../environment.js';
import { plainView } from '../plain-view.js';
import { place } from '../tree/placements.js';
import { switchFolder } from '../tree/restore-folders.js';
import { TreeSwitch } from '../tree/tree-switch.js';
import { composedView, emptyView } from './composed-view.js';
import { prepareReturn } from './prepare-return.js';
import type { SnapshotDriver, TreeId } from './snapshot-driver.js';
import { readReturn, type SwitchRecord } from './switch-record.js';
import { otherVolumes, pendingArrival } from './trees.js';

export class SnapshotSwitch implements Switch {
  readonly others: TreeSwitch;

  constructor(
    readonly driver: SnapshotDriver,
    readonly system: System,
    readonly record: SwitchRecord,
  ) {
    const { restorePoint } = record;
    this.others = new TreeSwitch(system, { version: 1, restorePoint, units: [] });
  }

  get restorePoint(): string {
    return this.record.restorePoint;
  }

  addEarly(): void {
    this.others.addEarly();
  }

  undoEarly(): void {
    this.others.undoEarly();
  }

  isSwitched(): boolean {
    const next = this.driver.next(this.system, this.record.way);
    const back = readReturn(this.system, this.restorePoint);
    return back ? next !== back.tree : next === this.record.new;
  }

  isReturned(): boolean {
    return !this.isSwitched();
  }

  isInEffect(): boolean {
    return (
      !this.isFallenBack() && pendingArrival(this.driver, this.system)?.restorePoint !== this.restorePoint
    );
  }

  isFallenBack(): boolean {
    const { driver, system, record } = this;
    return driver.current(system) === record.old && driver.next(system, record.way) === record.new;
  }

  uncover(): void {
    // Each is a root of its own.
  }

  wordsBefore(usual: readonly string[]): string[] | undefined {
    const { driver, system, record } = this;
    const words = driver.rootWords?.(system, record.old, usual);
    return words && [...usual, previousWord(record.restorePoint), ...words];
  }

  switchOver(): void {
    this.#setNext(this.record.new);
  }

  settle(): { left: RawPath[] } {
    const early = this.others
      .read('forward')
      .filter(({ path, put }) => put !== 'nothing' && ['boot', 'efi'].some((top) => isWithin(path, top)));
    const result = place(this.system.root, early, this.others.onStep);
    this.others.sync();
    return result;
  }

  switchBack(): void {
    this.#setNext(readReturn(this.system, this.restorePoint)?.tree ?? this.record.old);
  }

  settleBack(list: 'backward' | 'rollback'): { left: readonly RawPath[] } {
    this.#takeNestedBack();
    const waits = list === 'rollback' && readReturn(this.system, this.restorePoint) !== undefined;
    return waits ? { left: [] } : this.others.settleBack(list);
  }

  /** A trial may have got as far as to be given them, and then the environment before was started all the same. */
  #takeNestedBack(): void {
    const { driver, system, record } = this;
    if (driver.current(system) !== record.old || driver.find(system, record.new) === undefined) return;
    for (const path of driver.nested(system, record.new))
      driver.handOver(system, path, record.new, record.old);
  }

  prepareRollback(keepsakes: readonly Keepsake[]): void {
    const { driver, system, record } = this;
    const inTree = keepsakes.filter(({ path }) => this.exchanges(path));
    this.others.prepareRollback(keepsakes.filter(({ path }) => !this.exchanges(path)));
    prepareReturn(driver, system, { record, keepsakes: inTree, inEffect: this.isInEffect() });
  }

  exchanges(path: RawPath): boolean {
    return !this.#mounts().some((mount) => isWithin(path, mount));
  }

  changedPaths(): ReadonlySet<string> {
    try {
      const own = readJsonLines(
        join(switchFolder(this.system, this.restorePoint), 'changed.jsonl'),
        z.string(),
      );
      return new Set([...own, ...this.others.changedPaths()]);
    } catch (error) {
      if (error instanceof Fault) throw error;
      const why = error instanceof Error ? error.message : '';
      throw new Fault('RESTORE_POINT_DAMAGED', `${this.restorePoint}: the list of changes: ${why}`);
    }
  }

  viewBefore(): TreeView {
    return this.#view(this.record.old, this.others.viewBefore());
  }

  viewAfter(): TreeView {
    return this.#view(this.record.new, plainView(this.system.root));
  }

  damages(): string[] {
    this.changedPaths();
    const isGone = (id: TreeId): boolean => this.driver.find(this.system, id) === undefined;
    const damages = isGone(this.record.old) ? ['the environment before is missing'] : [];
    if (this.driver.next(this.system, this.record.way) === this.record.old && isGone(this.record.new))
      damages.push('the new environment is missing');
    return [...damages, ...this.others.damages()];
  }

  #view(id: TreeId, others: TreeView): TreeView {
    const tree = this.driver.find(this.system, id);
    return tree === undefined ? emptyView : composedView(tree, this.#mounts(), others);
  }

  #mounts(): RawPath[] {
    return otherVolumes(this.driver, this.system).map(({ mount }) => mount);
  }

  #setNext(id: TreeId): void {
    this.system.onStep?.('change');
    this.driver.setNext(this.system, this.record.way, id);
    this.system.onStep?.('change');
  }
}
