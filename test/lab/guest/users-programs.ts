/**
 * The programs that ordinary users run in a guest, each in one file that takes itself for a part of the installed program: the emulated processor
 * would take half a minute to load its modules one by one.
 */
import { oneFile } from '../one-file.js';
import type { GuestFiles } from './files-disk.js';

const installed = '/usr/lib/understudy';

/** By the names that errands know them by. */
export async function usersPrograms(
  ...names: readonly ('through-services' | 'through-client')[]
): Promise<GuestFiles> {
  const made = names.map(
    async (name) => [`${name}.js`, { from: await oneFile(`guest/inside/${name}`, installed) }] as const,
  );
  return Object.fromEntries(await Promise.all(made));
}
