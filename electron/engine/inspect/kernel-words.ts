/**
 * The kernel's command line of this start, word by word (Documentation/admin-guide/kernel-parameters.rst). In an entry of ours, what follows our
 * own first word is for that entry alone: what comes before it is what the system is usually started with.
 */
import { join, raw, type RawPath } from '../posix/raw-path.js';
import { textAt } from './read.js';
import type { MachineSources } from './sources.js';

const ours = 'understudy.';
/** The user's own, for every entry. */
export const livepatchOffWord = `${ours}livepatch=off`;

/** One character a byte. Without what boot loaders add by themselves: the kernel's own name, and the initramfs that an EFI kernel loads. */
export function usualWords(sources: MachineSources): string[] {
  const words = kernelWords(sources);
  const own = words.findIndex((word) => word.startsWith(ours) && word !== livepatchOffWord);
  return (own < 0 ? words : words.slice(0, own)).filter((word) => !/^(BOOT_IMAGE|initrd)=/.test(word));
}

function commandLine({ proc }: MachineSources): RawPath {
  return raw(textAt(join(proc, 'cmdline')) ?? '');
}

/** A space between double quotes belongs to its word; the quotes themselves do not. */
function wordsOf(line: string): string[] {
  return (line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', ''));
}

/** The inverse: one line, with double quotes around what holds a space. */
export function commandLineOf(words: readonly string[]): RawPath {
  return words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ') as RawPath;
}

/** The restore point of the trial that this start is one of. */
export const trialWord = (restorePoint: string): string => `${ours}trial=${restorePoint}`;
export const previousWord = (restorePoint: string): string => `${ours}previous=${restorePoint}`;
/** By its inode: the folder that is to be found as /usr at this start (build/boot/start-before). */
export const usrWord = (inode: number): string => `${ours}usr=${inode}`;

/** All words of this start, ours too. */
export function kernelWords(sources: MachineSources): string[] {
  return wordsOf(commandLine(sources));
}
