/**
 * Real live patches for the kernel of a guest, compiled once for each kernel with its headers, in a tree of their own: `shown` makes /proc/cmdline say
 * something else, as the example of the kernel's documentation does (samples/livepatch), and `crashes` stops the kernel of whoever reads it.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, inCache, type Recipe } from '../debian-root.js';
import { inTree } from '../practice-system.js';
import { onlyKernel } from './only-kernel.js';

export const shownWords = 'shown by a live patch';

const bodies = {
  shown: `seq_puts(m, "${shownWords}\\n");`,
  crashes: 'panic("as a test wants it");',
} as const;

const source = (body: string): string => `#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static int other_show(struct seq_file *m, void *v)
{
	${body}
	return 0;
}

static struct klp_func functions[] = { { .old_name = "cmdline_proc_show", .new_func = other_show }, { } };
static struct klp_object objects[] = { { .funcs = functions }, { } };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init begin(void) { return klp_enable_patch(&patch); }
static void __exit end(void) { }

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
`;

/** The paths of the modules for the one kernel that is in a tree. */
export async function livepatchModules(root: string): Promise<Record<keyof typeof bodies, string>> {
  const kernel = onlyKernel(root);
  // The headers are those of that very kernel, or it fails: then the tree in the cache is too old.
  const recipe: Recipe = { include: [`linux-headers-${kernel}`, 'make'] };
  const sources = Object.entries(bodies).map(([name, body]) => [name, source(body)] as const);
  const folder = await inCache(`livepatch-modules-${kernel}`, [1, recipe, sources], async (place) => {
    const builder = `${place}.builder`;
    await bootstrap(recipe, builder);
    const work = join(builder, 'livepatch');
    mkdirSync(work);
    for (const [name, text] of sources) writeFileSync(join(work, `${name}.c`), text);
    writeFileSync(join(work, 'Makefile'), sources.map(([name]) => `obj-m += ${name}.o\n`).join(''));
    await inTree(
      builder,
      ['make', '-C', `/usr/src/linux-headers-${kernel}`, 'M=/livepatch', 'modules'],
      600_000,
    );
    mkdirSync(place);
    for (const [name] of sources) cpSync(join(work, `${name}.ko`), join(place, `${name}.ko`));
  });
  return { shown: join(folder, 'shown.ko'), crashes: join(folder, 'crashes.ko') };
}
