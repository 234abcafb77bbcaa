/** What the built page weighs on its way, compressed as strongly as gzip(1) can. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { BenchRow } from '../row.js';

export const builtPage = fileURLToPath(new URL('../../../renderer/index.html', import.meta.url));

const kinds = [
  { extension: '.js', name: 'JavaScript', target: { atMost: 120, of: 'value' } },
  { extension: '.css', name: 'CSS', target: undefined },
] as const;

export function measureSize(): BenchRow[] {
  const html = readFileSync(builtPage, 'utf8');
  const files = readdirSync(dirname(builtPage), { recursive: true, encoding: 'utf8' });
  return kinds.flatMap(({ extension, name, target }) => {
    const own = files.filter((file) => extname(file) === extension);
    const atStart = own.filter((file) => html.includes(basename(file)));
    const later = own.filter((file) => !atStart.includes(file));
    const row = (when: string, some: readonly string[]): BenchRow => ({
      name: `app, ${name}, gzipped, ${when} (${some.length === 1 ? '1 file' : `${some.length} files`})`,
      ours: some.reduce((sum, file) => sum + gzippedBytes(file), 0) / 1000,
      unit: 'kB',
    });
    // The target is for all of it.
    return [
      { ...row('all', own), ...(target && { target }) },
      ...(later.length > 0 ? [row('loaded at start', atStart), row('loaded later', later)] : []),
    ];
  });
}

function gzippedBytes(file: string): number {
  return gzipSync(readFileSync(join(dirname(builtPage), file)), { level: 9 }).length;
}
