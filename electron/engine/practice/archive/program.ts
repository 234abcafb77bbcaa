/**
 * A real program and a real library that it needs, without a compiler: copies of two files of the tree, in which the library's
 * name is exchanged for another of the same length. The name stands in both as a string of the dynamic section (elf(5), DT_SONAME
 * and DT_NEEDED), so the copies find each other and nothing else finds them.
 */
import { readFileSync } from 'node:fs';
import type { TreeView } from '../../environments/environment.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';

export interface PracticeProgram {
  readonly program: Buffer;
  readonly library: Buffer;
  /** Where the library must lie: on the loader's own search path. */
  readonly libraryPath: string;
}

const originalName = 'libz.so.1';
const practiceName = 'libu.so.1';

/** `undefined` where the tree holds no program that can be used so. */
export function practiceProgram(view: TreeView): PracticeProgram | undefined {
  const folder = libraryFolder(view);
  const program = content(view, 'usr/bin/dpkg-deb' as RawPath);
  const library = folder === undefined ? undefined : content(view, join(folder, originalName));
  if (folder === undefined || !program || !library) return undefined;
  const renamed = { program: withOtherName(program), library: withOtherName(library) };
  if (!renamed.program || !renamed.library) return undefined;
  return { program: renamed.program, library: renamed.library, libraryPath: join(folder, practiceName) };
}

/** The library as a later release would have it: other bytes, the same functions. What follows the sections is not loaded. */
export function laterRelease(library: Buffer, version: string): Buffer {
  return Buffer.concat([library, Buffer.from(`\0practice ${version}\0`, 'latin1')]);
}

function libraryFolder(view: TreeView): RawPath | undefined {
  const names = (view.list('usr/lib' as RawPath) ?? []).filter((name) => name.includes('-linux-'));
  const folders = [...names.map((name) => join('usr/lib' as RawPath, name)), 'usr/lib64' as RawPath];
  return folders.find((folder) => view.resolve(join(folder, originalName)) !== undefined);
}

function withOtherName(file: Buffer): Buffer | undefined {
  const from = Buffer.from(`\0${originalName}\0`, 'latin1');
  const copy = Buffer.from(file);
  let found = false;
  for (let at = copy.indexOf(from); at >= 0; at = copy.indexOf(from, at + 1)) {
    copy.write(practiceName, at + 1, 'latin1');
    found = true;
  }
  return found ? copy : undefined;
}

function content(view: TreeView, path: RawPath): Buffer | undefined {
  const onHost = view.resolve(path);
  return onHost === undefined ? undefined : readFileSync(bytes(onHost));
}
