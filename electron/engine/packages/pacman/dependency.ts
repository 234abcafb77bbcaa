/** Dependencies as pacman writes them (PKGBUILD(5)): a name, perhaps followed by `=`, `<`, `>`, `<=` or `>=` and a version. */
import { compareVersions } from './version.js';

export interface Provider {
  readonly name: string;
  readonly version: string;
  readonly provides: readonly string[];
}

/** True for a package of that name, or one that provides it, in a version that fits. */
export function satisfies(provider: Provider, dependency: string): boolean {
  return (
    isOfName(provider, dependency) || provider.provides.some((provision) => isMet(provision, dependency))
  );
}

/** As `satisfies` by the package's own name alone: what replaces a package says so by its name. */
export function isOfName({ name, version }: Pick<Provider, 'name' | 'version'>, dependency: string): boolean {
  return isMet(`${name}=${version}`, dependency);
}

function isMet(provision: string, dependency: string): boolean {
  const [offered, wanted] = [partsOf(provision), partsOf(dependency)];
  if (offered.name !== wanted.name) return false;
  if (wanted.relation === undefined) return true;
  // What is provided without a version fits no dependency on one.
  if (offered.relation !== '=') return false;
  const order = compareVersions(offered.version, wanted.version);
  switch (wanted.relation) {
    case '=':
      return order === 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
  }
}

type Relation = '=' | '<' | '>' | '<=' | '>=';

function partsOf(text: string): { name: string; relation: Relation | undefined; version: string } {
  // The words after a colon tell people why an optional dependency is one.
  const [, name = text, relation, version = ''] = /^([^<>=]+)(<=|>=|=|<|>)(\S+)/.exec(text) ?? [];
  return { name, relation: relation as Relation | undefined, version };
}
