/** Which packages a practice system needs: the essential ones, apt and dpkg, and all that these depend on as installed here. */
import { fieldOf, type StatusParagraph } from './status-paragraphs.js';

/**
 * Wanted beside the essential packages, where they are installed: what apt needs to trust the archive, and the tools by which
 * package scripts add accounts.
 */
const alsoWanted = [
  'apt',
  'dpkg',
  'passwd',
  'adduser',
  'ca-certificates',
  'debian-archive-keyring',
  'ubuntu-keyring',
];

/** The packages, sorted by name. An unmet dependency is not looked at here: the finished copy is audited as a whole. */
export function practicePackages(installed: readonly StatusParagraph[]): StatusParagraph[] {
  const native = nativeOf(installed);
  const usable = installed.filter(({ architecture }) => architecture === native || architecture === 'all');
  const providers = providersAmong(usable);
  const chosen = new Set<StatusParagraph>();
  const waiting = usable.filter(
    ({ name, text }) => alsoWanted.includes(name) || fieldOf(text, 'Essential') === 'yes',
  );
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (chosen.has(next)) continue;
    chosen.add(next);
    for (const alternatives of dependenciesOf(next)) {
      const candidates = alternatives.flatMap((name) => providers.get(name) ?? []);
      const [first] = candidates;
      if (first && !candidates.some((candidate) => chosen.has(candidate))) waiting.push(first);
    }
  }
  return [...chosen].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function nativeOf(installed: readonly StatusParagraph[]): string | undefined {
  return installed.find(({ name }) => name === 'dpkg')?.architecture;
}

/** Names with the packages that fulfil them; a package of the very name comes before those that only provide it. */
function providersAmong(packages: readonly StatusParagraph[]): Map<string, StatusParagraph[]> {
  const providers = new Map<string, StatusParagraph[]>();
  const note = (name: string, by: StatusParagraph): void => {
    providers.set(name, [...(providers.get(name) ?? []), by]);
  };
  for (const entry of packages) note(entry.name, entry);
  for (const entry of packages)
    for (const [name] of relationsOf(entry.text, 'Provides')) if (name !== undefined) note(name, entry);
  return providers;
}

function dependenciesOf({ text }: StatusParagraph): string[][] {
  return [...relationsOf(text, 'Pre-Depends'), ...relationsOf(text, 'Depends')];
}

/** `a (>= 1) | b:any, c` as `[[a, b], [c]]` (deb-control(5)). */
function relationsOf(text: string, field: string): string[][] {
  return (fieldOf(text, field) ?? '')
    .split(',')
    .map((group) => group.split('|').flatMap((one) => /^\s*([a-z0-9][a-z0-9+.-]+)/i.exec(one)?.[1] ?? []))
    .filter((names) => names.length > 0);
}
