/**
 * Scanning a root against bsdtar (which hashes as well) and find (which only stats), and the memory for 300,000 files.
 * Our side is a process of its own, like the peers, so that starting it counts.
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manyFiles } from './memory.js';
import { alternate, type Bench, type BenchRow } from './row.js';

const module = (name: string): string =>
  JSON.stringify(new URL(`../../electron/engine/manifest/${name}.js`, import.meta.url).href);

/** Scans `root`, writes the manifest to `output`, prints seconds without start-up and the peak resident set in kB. */
const OURS = `
  import { readFileSync } from 'node:fs';
  import { scanTree } from ${module('scan')};
  import { HashCache } from ${module('hash-cache')};
  import { writeManifest } from ${module('write')};
  const [root, output, cacheFile] = process.argv.slice(1);
  const cache = cacheFile === undefined ? undefined : new HashCache(cacheFile);
  await writeManifest(output, scanTree(root, { hash: true, cache }));
  console.log(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
`;

/** Peak resident memory of the scanning process, in MB. */
function ours(root: string, output: string, cache?: string): number {
  const args = ['--input-type=module', '-e', OURS, root, output, ...(cache === undefined ? [] : [cache])];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' })) / 1024;
}

/** A copy of real files, up to about `megabytes`, from what every Linux machine has. */
function copyOfUsr(target: string, megabytes: number): number {
  let left = megabytes;
  for (const part of ['share', 'include', 'libexec', 'bin', 'lib']) {
    const parent = join('/usr', part);
    if (!existsSync(parent)) continue;
    mkdirSync(join(target, part), { recursive: true });
    for (const name of readdirSync(parent)) {
      const source = join(parent, name);
      const size = Number(execFileSync('du', ['-smx', source], { encoding: 'utf8' }).split('\t')[0]);
      if (size > left) continue;
      execFileSync('cp', ['-a', source, join(target, part)]);
      left -= size;
    }
  }
  return megabytes - left;
}

function dropCaches(): void {
  execFileSync('sync');
  writeFileSync('/proc/sys/vm/drop_caches', '3');
}

function canDropCaches(): boolean {
  try {
    dropCaches();
    return true;
  } catch {
    return false; // not root, or a container
  }
}

export const benchManifest: Bench = {
  name: 'manifest',
  impossible: () => Promise.resolve(canRun('bsdtar') ? undefined : 'needs bsdtar'),
  run: ({ quick, say }) => measure(quick, say),
};

function canRun(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function measure(quick: boolean, say: (text: string) => void): Promise<BenchRow[]> {
  const runs = quick ? 2 : 5;
  const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-manifest-'));
  const root = join(folder, 'root');
  const at = (name: string): string => join(folder, name);
  const rows: BenchRow[] = [];
  try {
    say('copying real files');
    const megabytes = copyOfUsr(root, 780);
    const options = '--options=!all,mode,uid,gid,type,size,time,link,sha256';
    const bsdtar = (): void =>
      void execFileSync('bsdtar', ['--format=mtree', options, '-cf', at('peer'), '-C', root, '.']);
    const find = (): void => {
      const output = openSync(at('peer'), 'w');
      execFileSync('find', [root, '-printf', '%P %y %m %U %G %s %T@ %l\n'], {
        stdio: ['ignore', output, 'ignore'],
      });
      closeSync(output);
    };
    const scan = (): void => void ours(root, at('manifest'));
    const rescan = (): void => void ours(root, at('manifest'), at('cache'));
    bsdtar();
    const peer = { peerName: 'bsdtar', unit: 's', target: { atMost: 1, of: 'ratio' } } as const;
    rows.push({
      name: `scan ${megabytes} MB with sha256, warm`,
      ...(await alternate(scan, bsdtar, { runs })),
      ...peer,
    });
    if (canDropCaches()) {
      const cold = await alternate(scan, bsdtar, { runs, before: dropCaches });
      rows.push({ name: `scan ${megabytes} MB with sha256, cold`, ...cold, ...peer });
    }
    await new Promise((resolve) => setTimeout(resolve, 4000)); // until the copies are older than the cache's margin
    rescan();
    const walk = { peerName: 'find -printf', unit: 's', target: { atMost: 3, of: 'ratio' } } as const;
    rows.push({
      name: `scan ${megabytes} MB again, unchanged`,
      ...(await alternate(rescan, find, { runs })),
      ...walk,
    });
    if (canDropCaches()) {
      const cold = await alternate(rescan, find, { runs, before: dropCaches });
      rows.push({ name: `scan ${megabytes} MB again, unchanged, cold`, ...cold, ...walk });
    }
    rows.push({
      name: `memory, scan of ${megabytes} MB hashed`,
      ours: ours(root, at('manifest')),
      unit: 'MB',
      target: { atMost: 150, of: 'value' },
    });
    rmSync(root, { recursive: true });
    const files = quick ? 100_000 : 300_000;
    say(`making ${files.toLocaleString('en')} files`);
    manyFiles(root, files);
    const first = ours(root, at('manifest'), at('cache'));
    const second = ours(root, at('manifest'), at('cache'));
    rows.push({
      name: `memory, scan of ${files.toLocaleString('en')} files`,
      ours: Math.max(first, second),
      unit: 'MB',
      target: { atMost: 150, of: 'value' },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}
