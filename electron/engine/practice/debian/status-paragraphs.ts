/**
 * dpkg's status file as whole paragraphs, so that a part of it can be written again exactly as dpkg wrote it. What an
 * interrupted dpkg left in `updates/` counts, as it does for dpkg itself.
 */
import { readFileSync } from 'node:fs';
import type { TreeView } from '../../environments/environment.js';
import { databasePath, statusPath } from '../../packages/apt/database.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';

export interface StatusParagraph {
  readonly name: string;
  readonly architecture: string;
  /** The third word of `Status`: `installed`, `half-configured`, … */
  readonly state: string;
  /** Bytes as latin1, without the empty line that follows. */
  readonly text: string;
}

/** Every package of which something is there. */
export function statusParagraphs(view: TreeView): StatusParagraph[] {
  const updates = join(databasePath, 'updates');
  const journal = (view.list(updates) ?? []).filter((name) => /^\d+$/.test(name));
  const found = new Map<string, StatusParagraph>();
  for (const path of [statusPath, ...journal.map((name) => join(updates, name))]) {
    for (const text of contentOf(view, path).split(/\n\n+/)) {
      const name = fieldOf(text, 'Package');
      if (name === undefined) continue;
      const architecture = fieldOf(text, 'Architecture') ?? '';
      const state = fieldOf(text, 'Status')?.split(' ')[2] ?? '';
      found.set(`${name}:${architecture}`, { name, architecture, state, text: text.replace(/\n+$/, '') });
    }
  }
  return [...found.values()].filter(({ state }) => !['', 'not-installed', 'config-files'].includes(state));
}

/** A field's value with its continuation lines on one line, or `undefined`. */
export function fieldOf(text: string, name: string): string | undefined {
  const match = new RegExp(`^${name}:[ \\t]*(.*(?:\\n[ \\t].*)*)`, 'im').exec(text);
  return match?.[1]?.replace(/\n[ \t]+/g, ' ').trim();
}

/** A text file of the tree as latin1; empty when it is missing. */
export function contentOf(view: TreeView, path: RawPath): string {
  const place = view.resolve(path);
  return place === undefined ? '' : readFileSync(bytes(place), 'latin1');
}
