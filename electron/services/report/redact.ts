/**
 * Takes out of a text for a bug report what tells who or where someone is: names of people and of the machine, their folders,
 * addresses of the network, serial numbers and ids of hardware, and what stands in an address of the web beside host and path.
 * Invariant: it would rather take out too much; what it leaves is meant to be published.
 */
import { isIPv6 } from 'node:net';

export interface Identities {
  readonly users: readonly string[];
  readonly hosts: readonly string[];
  /** Words that say nothing about anyone, although someone may be called so: the distribution, root. */
  readonly harmless: readonly string[];
}

export function redact(text: string, { users, hosts, harmless }: Identities): string {
  const isTelling = (name: string): boolean =>
    name.length > 1 && !harmless.some((word) => word.toLowerCase() === name.toLowerCase());
  const rules: readonly (readonly [RegExp, string])[] = [
    // User name and password, and query, in an address of the web (RFC 3986).
    [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1'],
    [/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"']+)[?#][^\s"']*/gi, '$1'],
    [/\/(home|media|run\/media|run\/user)\/[^/\s:"',;)]+/g, '/$1/(user)'],
    [/\b[\w.+-]+@[\w-]+(\.[\w-]+)+\b/g, '(mail)'],
    [/\b([0-9a-f]{2}[:-]){5}([0-9a-f]{2}[:-]){0,2}[0-9a-f]{2}\b/gi, '(hardware address)'],
    ...names(hosts.filter(isTelling), '(host)'),
    ...names(users.filter(isTelling), '(user)'),
    // Not after or before what makes it a part of a version, as in 1.2.3.4-1.
    [
      /(?<![\w.+~-])((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)(?![\w+~-]|\.\d)/g,
      '(address)',
    ],
    [/\b[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '(id)'],
    [/\b[0-9a-f]{32}\b/gi, '(id)'],
    [/\b(serial(?:[ _-]?(?:number|no))?|s\/n|machine[ _-]?id)(\s*[:=#]\s*|\s+)\S+/gi, '$1$2(serial)'],
    [/(\/dev\/disk\/by-[a-z]+\/)\S+/g, '$1(disk)'],
  ];
  return rules.reduce((result, [pattern, stand]) => result.replace(pattern, stand), withoutIPv6(text));
}

/** What only looks like an address, such as a time of day, stays. */
function withoutIPv6(text: string): string {
  return text.replace(/(?<![\w:.])[0-9a-f:]*:[0-9a-f:]*[0-9a-f](?![\w.])/gi, (word) =>
    isIPv6(word) ? '(address)' : word,
  );
}

/** Longer ones first, so that a short one inside does not spoil them. */
function names(words: readonly string[], stand: string): [RegExp, string][] {
  return [...new Set(words)]
    .sort((a, b) => b.length - a.length)
    .map((word) => [new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(word)}(?![\\p{L}\\p{N}_])`, 'giu'), stand]);
}

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
