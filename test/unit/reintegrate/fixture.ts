/** Trees of three sides in a private folder, and what a merge of them says. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { display, raw } from '../../../electron/engine/posix/raw-path.js';
import { mergeTrees, type MergedTrees } from '../../../electron/engine/reintegrate/merge-trees.js';
import { writeTrees } from '../../../electron/engine/reintegrate/write-trees.js';

export const sideNames = ['base', 'mine', 'theirs'] as const;
export type SideName = (typeof sideNames)[number];

export class Sides {
  readonly folder = mkdtempSync(join(tmpdir(), 'understudy-reintegrate-'));
  result: MergedTrees = { outcomes: [], accounts: [] };

  constructor() {
    for (const side of sideNames) mkdirSync(this.at(side));
  }

  at(side: SideName | 'out', path = ''): string {
    return join(this.folder, side, path);
  }

  write(side: SideName, path: string, content: string): void {
    mkdirSync(dirname(this.at(side, path)), { recursive: true });
    writeFileSync(this.at(side, path), content, 'latin1');
  }

  /** The same on all sides; `undefined` where a side has nothing. */
  file(path: string, base?: string, mine?: string, theirs?: string): void {
    const contents = { base, mine, theirs };
    for (const side of sideNames) {
      const content = contents[side];
      if (content !== undefined) this.write(side, path, content);
    }
  }

  /** Merges into `out`; answers with a line for each path that is not the same: `outcome path (reason) > beside`. */
  merge(options: { readonly record?: boolean } = {}): string[] {
    const view = (side: SideName) => plainView(raw(this.at(side)));
    const sides = {
      base: options.record === false ? undefined : view('base'),
      mine: view('mine'),
      theirs: view('theirs'),
    };
    this.result = mergeTrees(sides, { suffix: '.dpkg-dist' });
    rmSync(this.at('out'), { recursive: true, force: true });
    mkdirSync(this.at('out'));
    writeTrees(this.result.outcomes, sides.theirs, raw(this.at('out')));
    return this.result.outcomes.flatMap(({ path, outcome, conflict }) => {
      if (outcome === 'same') return [];
      const reason = conflict ? ` (${[conflict.reason, ...conflict.details].join(', ')})` : '';
      const beside = conflict?.beside === undefined ? '' : ` > ${display(conflict.beside)}`;
      return [`${outcome} ${display(path)}${reason}${beside}`];
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
