/** dpkg's database restricted to some packages (deb-*(5), dpkg(1), "FILES"): as if only these had ever been installed. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import type { TreeView } from '../../environments/environment.js';
import { plainView } from '../../environments/plain-view.js';
import { databasePath, extendedStatesPath } from '../../packages/apt/database.js';
import { locks } from '../../packages/apt/places.js';
import { bytes, join, parentOf, type RawPath } from '../../posix/raw-path.js';
import type { TreeCopier } from '../copy-files.js';
import { contentOf, fieldOf, type StatusParagraph } from './status-paragraphs.js';

export interface Restriction {
  readonly from: TreeView;
  readonly root: RawPath;
  readonly packages: readonly StatusParagraph[];
}

export interface Diversion {
  readonly path: RawPath;
  readonly to: RawPath;
  /** `:` for one that the administrator made. */
  readonly by: string;
}

/** Writes the database into the root, but for what `copyDatabaseFiles` copies. */
export function writeDatabase(restriction: Restriction): void {
  const { from, root, packages } = restriction;
  const names = new Set(packages.map(({ name }) => name));
  const write = (path: RawPath, text: string, mode = 0o644): void => {
    writeFileSync(bytes(join(root, path)), text, { encoding: 'latin1', mode });
    chmodSync(bytes(join(root, path)), mode);
  };
  for (const folder of ['info', 'updates', 'parts', 'triggers', 'alternatives'])
    makeFolder(root, join(databasePath, folder));
  write(join(databasePath, 'status'), packages.map(({ text }) => `${asInstalled(text)}\n\n`).join(''));
  write(join(databasePath, 'info/format'), '1\n');
  write(join(databasePath, 'diversions'), diversionLines(diversionsOf(from), names));
  write(join(databasePath, 'statoverride'), overrideLines(restriction));
  // As apt and dpkg make them on their first use, and never remove them.
  for (const lock of locks) {
    makeFolder(root, parentOf(lock));
    write(lock, '', 0o640);
  }
  write(join(databasePath, 'triggers/Lock'), '', 0o600);
  write(join(databasePath, 'triggers/Unincorp'), '');
  for (const [name, text] of triggersFor(from, names)) write(join(databasePath, `triggers/${name}`), text);
  write(extendedStatesPath, extendedStates(from, packages));
}

/** Everything that dpkg keeps for each package: its lists, checksums, scripts, templates. */
export function copyPackageRecords({ from, packages }: Restriction, copier: TreeCopier): void {
  const info = join(databasePath, 'info');
  const owned = new Set(packages.flatMap(({ name, architecture }) => [name, `${name}:${architecture}`]));
  for (const file of from.list(info) ?? []) {
    const dot = file.lastIndexOf('.');
    if (dot > 0 && owned.has(file.slice(0, dot))) copier.copy(join(info, file));
  }
}

/**
 * Groups of alternatives of which a choice is there. Whatever was chosen on the machine, it may not be in the copy; so each of
 * them is to be made anew by `update-alternatives --auto`, which also forgets the choices that are not there.
 */
export function copyAlternatives({ from, root }: Restriction, copier: TreeCopier): void {
  const folder = join(databasePath, 'alternatives');
  for (const name of from.list(folder) ?? []) {
    const text = contentOf(from, join(folder, name));
    const choices = text.slice(text.indexOf('\n\n')).split('\n');
    const there = choices.some((line) => line.startsWith('/') && isThere(root, line.slice(1)));
    if (there) copier.copy(join(folder, name));
  }
}

export function diversionsOf(view: TreeView): Diversion[] {
  const lines = contentOf(view, join(databasePath, 'diversions')).split('\n');
  const found: Diversion[] = [];
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [path = '', to = '', by = ''] = lines.slice(at, at + 3);
    found.push({ path: path.slice(1) as RawPath, to: to.slice(1) as RawPath, by });
  }
  return found;
}

function diversionLines(diversions: readonly Diversion[], names: ReadonlySet<string>): string {
  return diversions
    .filter(({ by }) => names.has(by))
    .map(({ path, to, by }) => `/${path}\n/${to}\n${by}\n`)
    .join('');
}

/** Not held, and no trigger waiting: what waits on the machine has nothing to do with the copy. */
function asInstalled(text: string): string {
  return text
    .replace(/^Status:.*$/im, 'Status: install ok installed')
    .replace(/^Triggers-(?:Pending|Awaited):.*(?:\n[ \t].*)*\n?/gim, '')
    .replace(/^Config-Version:.*\n?/gim, '')
    .trimEnd();
}

function overrideLines({ from, root }: Restriction): string {
  return contentOf(from, join(databasePath, 'statoverride'))
    .split('\n')
    .filter((line) => {
      const path = /^\S+ \S+ \S+ \/(.+)$/.exec(line)?.[1];
      return path !== undefined && isThere(root, path);
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** `File` has lines `path package`; each other file is a trigger's name and lists packages (dpkg: doc/triggers.txt). */
function triggersFor(view: TreeView, names: ReadonlySet<string>): [name: string, text: string][] {
  const folder = join(databasePath, 'triggers');
  const isOurs = (line: string): boolean => {
    const last = line.split(' ').at(-1) ?? '';
    return names.has(last.replace(/\/(?:no)?await$/, '').replace(/:.*$/, ''));
  };
  return (view.list(folder) ?? [])
    .filter((name) => name !== 'Lock' && name !== 'Unincorp')
    .map((name): [string, string[]] => [name, contentOf(view, join(folder, name)).split('\n').filter(isOurs)])
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => [name, lines.map((line) => `${line}\n`).join('')]);
}

function extendedStates(view: TreeView, packages: readonly StatusParagraph[]): string {
  const kept = new Set(packages.map(({ name, architecture }) => `${name}:${architecture}`));
  return contentOf(view, extendedStatesPath)
    .split(/\n\n+/)
    .filter((text) => {
      const [name, architecture] = [fieldOf(text, 'Package'), fieldOf(text, 'Architecture')];
      return kept.has(`${name}:${architecture}`) || kept.has(`${name}:all`);
    })
    .map((text) => `${text.trimEnd()}\n\n`)
    .join('');
}

export function makeFolder(root: RawPath, path: RawPath): void {
  mkdirSync(bytes(join(root, path)), { recursive: true, mode: 0o755 });
}

function isThere(root: RawPath, path: string): boolean {
  return plainView(root).resolve(path as RawPath) !== undefined;
}
