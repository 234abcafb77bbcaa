/**
 * The machine's sources of packages that are the distribution's own (sources.list(5)), and how apt reaches them. Foreign sources
 * and their keys stay out of a practice system, and so do passwords: a source that needs one is left out as well.
 */
import type { TreeView } from '../../environments/environment.js';
import { filesOf } from '../../packages/apt/database.js';
import { join, type RawPath } from '../../posix/raw-path.js';
import { contentOf, fieldOf } from './status-paragraphs.js';

export interface Source {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Paths of keyrings; empty where all of apt's trusted keys count. */
  readonly signedBy: readonly string[];
}

const folder = 'etc/apt/sources.list.d' as RawPath;

export function ownSources(view: TreeView, native: string): Source[] {
  const release = contentOf(view, 'etc/os-release' as RawPath);
  const ids = [...valuesOf(release, 'ID'), ...valuesOf(release, 'ID_LIKE')];
  const [codename] = valuesOf(release, 'VERSION_CODENAME');
  const keyrings = new Set(
    ids.flatMap((id) =>
      [`${id}-archive-keyring`, `${id}-keyring`].flatMap((name) =>
        filesOf(view, name, 'all').map((path) => `/${path}`),
      ),
    ),
  );
  return allSources(view)
    .map((source) => ({ ...source, uris: source.uris.filter(isOpen) }))
    .filter(({ uris, suites, components }) => uris.length * suites.length * components.length > 0)
    .filter(({ uris, suites, signedBy }) => {
      if (signedBy.length > 0) return signedBy.every((path) => keyrings.has(path));
      return (
        uris.every((uri) => ids.some((id) => new RegExp(`/${id}(-security|-ports)?/?$`).test(uri))) &&
        suites.every((suite) => codename !== undefined && suite.startsWith(codename))
      );
    })
    .filter(({ architectures }) => architectures.length === 0 || architectures.includes(native))
    .map(({ uris, suites, components, signedBy }) => ({ uris, suites, components, signedBy }));
}

/** The text of a `.sources` file. */
export function sourcesText(sources: readonly Source[]): string {
  return sources
    .map(({ uris, suites, components, signedBy }) =>
      [
        'Types: deb',
        `URIs: ${uris.join(' ')}`,
        `Suites: ${suites.join(' ')}`,
        `Components: ${components.join(' ')}`,
        ...(signedBy.length > 0 ? [`Signed-By: ${signedBy.join(' ')}`] : []),
        '',
      ].join('\n'),
    )
    .join('\n');
}

/** What apt on the machine was told about the way to its archives: proxies, time limits, checks of dates. */
const wayToArchive =
  /^Acquire::(?:https?::(?:Proxy|Timeout|Pipeline-Depth|No-Cache)|ForceIPv[46]|Retries|Check-Valid-Until|Check-Date|Max-FutureTime)\b/i;

/** From the lines of `apt-config dump` to a file of settings (apt.conf(5)). */
export function waySettings(dump: string): string {
  return dump
    .split('\n')
    .filter((line) => wayToArchive.test(line))
    .map((line) => `${line}\n`)
    .join('');
}

type AnySource = Source & { readonly architectures: readonly string[] };

function allSources(view: TreeView): AnySource[] {
  const names = view.list(folder) ?? [];
  return [
    ...lineSources(contentOf(view, 'etc/apt/sources.list' as RawPath)),
    ...names
      .filter((name) => name.endsWith('.list'))
      .flatMap((name) => lineSources(contentOf(view, join(folder, name)))),
    ...names
      .filter((name) => name.endsWith('.sources'))
      .flatMap((name) => paragraphSources(contentOf(view, join(folder, name)))),
  ];
}

function lineSources(text: string): AnySource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    if (/trusted\s*=/.test(options)) return [];
    const option = (name: string): string[] =>
      list(new RegExp(`${name}=(\\S+)`).exec(options)?.[1]?.replaceAll(',', ' '));
    return [
      {
        uris: [uri],
        suites: [suite],
        components: list(components),
        signedBy: option('signed-by'),
        architectures: option('arch'),
      },
    ];
  });
}

function paragraphSources(text: string): AnySource[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .split(/\n\s*\n/)
    .flatMap((paragraph) => {
      const field = (name: string): string[] => list(fieldOf(paragraph, name));
      if (!field('Types').includes('deb') || /^(no|false|0)$/i.test(fieldOf(paragraph, 'Enabled') ?? ''))
        return [];
      if (fieldOf(paragraph, 'Trusted') !== undefined) return [];
      return [
        {
          uris: field('URIs'),
          suites: field('Suites'),
          components: field('Components'),
          signedBy: field('Signed-By'),
          architectures: field('Architectures'),
        },
      ];
    });
}

/** Reached over the network, and by anyone. */
function isOpen(uri: string): boolean {
  return /^(?:https?|mirror\+https?):\/\/[^@]+$/.test(uri);
}

function list(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

/** A variable of os-release(5). */
function valuesOf(text: string, name: string): string[] {
  const value = new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';
  return list(value.replace(/^["']|["']$/g, ''));
}
