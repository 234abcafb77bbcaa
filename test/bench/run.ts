/**
 * `npm run bench`: runs the benches and prints a table of medians, with ratios against the named peer in the same run.
 *
 *     --quick         one run each, smaller trees: rough figures in some two minutes
 *     --only NAME     one of them; can be repeated
 *     --json [FILE]   the figures as JSON too, in a file; without a file, instead of the table
 */
import { writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { run } from '../../electron/engine/process/run.js';
import { benchApp } from './app.js';
import { benchChangeset } from './changeset.js';
import { benchEnvironments } from './environments.js';
import { benchHelper } from './helper.js';
import { benchInterruption } from './interruption.js';
import { benchManifest } from './manifest.js';
import { benchMemory } from './memory.js';
import { benchModules } from './modules.js';
import { benchReintegration } from './reintegration.js';
import { metOf, ratioOf, type BenchRow } from './row.js';
import { benchStaging } from './staging.js';
import { benchSwitching } from './switching.js';
import { tableOf } from './table.js';
import { benchTexts } from './texts.js';

const benches = [
  benchSwitching,
  benchEnvironments,
  benchChangeset,
  benchReintegration,
  benchStaging,
  benchManifest,
  benchTexts,
  benchMemory,
  benchModules,
  benchHelper,
  benchApp,
  benchInterruption,
];

interface Given {
  readonly quick: boolean;
  readonly only: readonly string[];
  /** A file, `-` for standard output. */
  readonly json: string | undefined;
}

function given(argv: readonly string[]): Given {
  // parseArgs knows no option whose value may be missing
  const args = argv.flatMap((arg, index) => {
    const next = argv[index + 1];
    return arg === '--json' && (next === undefined || next.startsWith('--')) ? ['--json=-'] : [arg];
  });
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
    },
  });
  const unknown = values.only.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    throw new Error(`no bench ${unknown.join(', ')}: ${benches.map(({ name }) => name).join(', ')}`);
  }
  return { quick: values.quick, only: values.only, json: values.json };
}

async function main({ quick, only, json }: Given): Promise<void> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const rows: BenchRow[] = [];
  const skipped: string[] = [];
  const started = Date.now();
  for (const bench of benches) {
    if (only.length > 0 && !only.includes(bench.name)) continue;
    const isLeftOut = quick && bench.isLong && !only.includes(bench.name);
    const reason = isLeftOut ? 'takes many minutes; --only names it' : await bench.impossible();
    if (reason !== undefined) skipped.push(`${bench.name}: ${reason}`);
    else rows.push(...(await bench.run({ quick, say: (text) => say(`${bench.name}: ${text}`) })));
  }
  const machine = {
    fileSystem: await fileSystem(),
    load: loadavg()[0],
    processors: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    architecture: arch(),
    kernel: release(),
    node: process.versions.node,
  };
  const report = {
    version: 1,
    date: new Date(started).toISOString(),
    seconds: (Date.now() - started) / 1000,
    quick,
    machine,
    rows: rows.map((row) => ({ ...row, ratio: ratioOf(row) ?? null, met: metOf(row) ?? null })),
    skipped,
  };
  const text = `${JSON.stringify(report, undefined, 1)}\n`;
  if (json === '-') process.stdout.write(text);
  else {
    if (json !== undefined) writeFileSync(json, text);
    process.stdout.write(
      [
        `${machine.fileSystem} at ${tmpdir()}`,
        `Node ${machine.node}, Linux ${machine.kernel}, ${machine.processors} x ${machine.model}, load ${machine.load?.toFixed(1)}${quick ? ', quick run' : ', medians'}`,
        '',
        tableOf(rows),
        ...skipped.map((reason) => `skipped ${reason}`),
        '',
      ].join('\n'),
    );
  }
}

/** What the measured trees lie on: a `discard` in its options makes each freed file cost a request to the disk. */
async function fileSystem(): Promise<string> {
  const argv = ['findmnt', '--noheadings', '--output', 'FSTYPE,OPTIONS', '--target', tmpdir()] as const;
  const { stdout } = await run(argv, { timeoutMs: 10_000 });
  return stdout.trim().replace(/\s+/, ' ') || 'an unknown file system';
}

await main(given(process.argv.slice(2)));
