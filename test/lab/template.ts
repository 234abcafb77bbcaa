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
  const template = await templateOf(title, make);
  return typeof template === 'string' ? copyOfRoot(template) : template.made;
}

/** The same in an empty folder that is there already, such as the root of a file system. */
export async function rootFromIn(folder: string, title: string, make: () => Promise<string>): Promise<void> {
  const template = await templateOf(title, make);
  const tree = typeof template === 'string' ? template : template.made;
  await runOrFault(['cp', '-a', '--reflink=auto', `${tree}/.`, folder], limit);
  if (typeof template !== 'string') removeRoot(template.made);
}

/** Where it lies; or a tree for the caller alone. */
async function templateOf(
  title: string,
  make: () => Promise<string>,
): Promise<string | { readonly made: string }> {
  const templates = process.env['UNDERSTUDY_TEST_TEMPLATES'];
  if (templates === undefined) return { made: await make() };
  const template = join(templates, title);
  if (existsSync(template)) return template;
  const made = await make();
  try {
    renameSync(made, template);
  } catch {
    // Another suite made the same meanwhile; or temporary files of this test lie elsewhere.
    if (!existsSync(template)) return { made };
  }
  removeRoot(made);
  return template;
}
