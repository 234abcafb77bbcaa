/**
 * Root trees that several tests of a run begin with. Each is made once and lies where the run's temporary files do, which share the content of
 * copies there: a copy takes a tenth of the time. Outside of a run each is made anew, so that nothing is left lying.
 */
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOrFault } from '../../electron/engine/process/run.js';

const limit = { timeoutMs: 120_000 };

/** A folder with a copy of the tree, to be removed by `removeRoot`. */
export async function copyOfRoot(tree: string): Promise<string> {
  const root = join(mkdtempSync(join(tmpdir(), 'understudy-root-')), 'root');
  await runOrFault(['cp', '-a', '--reflink=auto', tree, root], limit);
  return root;
}

/** Removes a tree that lies alone in its folder. */
export function removeRoot(root: string): void {
  rmSync(join(root, '..'), { recursive: true, force: true });
}

/** A copy of the tree that `make` makes, in a folder of its own; nothing in it may depend on where it lies. */
export async function rootFrom(title: string, make: () => Promise<string>): Promise<string> {
  const { tree, isShared } = await templateOf(title, make);
  return isShared ? copyOfRoot(tree) : tree;
}

/** The same in an empty folder that is there already, such as the root of a file system. */
export async function rootFromIn(folder: string, title: string, make: () => Promise<string>): Promise<void> {
  const { tree, isShared } = await templateOf(title, make);
  await runOrFault(['cp', '-a', '--reflink=auto', `${tree}/.`, folder], limit);
  if (!isShared) removeRoot(tree);
}

interface Template {
  readonly tree: string;
  /** False where it is the caller's alone, to keep or to remove. */
  readonly isShared: boolean;
}

async function templateOf(title: string, make: () => Promise<string>): Promise<Template> {
  const templates = process.env['UNDERSTUDY_TEST_TEMPLATES'];
  if (templates === undefined) return { tree: await make(), isShared: false };
  const tree = join(templates, title);
  if (existsSync(tree)) return { tree, isShared: true };
  const made = await make();
  try {
    renameSync(made, tree);
  } catch {
    // Another suite made the same meanwhile; or temporary files of this test lie elsewhere.
    if (!existsSync(tree)) return { tree: made, isShared: false };
  }
  removeRoot(made);
  return { tree, isShared: true };
}
