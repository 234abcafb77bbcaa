/**
 * Runs the tests in two lanes side by side, in each one suite after the other, and ends with the line "N passed, N failed, N skipped".
 *
 *     npm test                      every suite
 *     npm test -- unit conformance  these suites
 *     npm test -- unit manifest     of this suite, the files whose path contains "manifest"
 *
 * All temporary files of a run lie in one folder, which tests know as TMPDIR, on a disk of its own where that can be; whatever is still
 * mounted, running or lying there at the end is cleared away and named. Root trees that take long to make are kept between runs in /var/tmp/understudy-lab
 * (or UNDERSTUDY_LAB). Anything failed, or nothing run: exit code 1.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openOwnFolder } from './own-folder.js';

/**
 * The lanes, each in the order in which its suites run: what is quick and blames most exactly comes first. Which is at its end first, goes on
 * with the rest, so that both take the same time. Minutes are a net for a run that hangs.
 */
const lanes = [
  [
    { name: 'unit', minutes: 30 },
    { name: 'conformance', minutes: 30 },
    { name: 'integration', minutes: 45 },
    { name: 'guests', minutes: 60 },
  ],
  [
    { name: 'screens', minutes: 30 },
    { name: 'system', minutes: 70 },
  ],
];
const rest = [
  { name: 'e2e', minutes: 30 },
  { name: 'electron', minutes: 20 },
  { name: 'switches', minutes: 30 },
  { name: 'layouts', minutes: 30 },
];
const suites = [...lanes.flat(), ...rest];
/** Of the files that took the longest, so many are named: where to look when a run becomes too long. */
const longest = 20;
/** What is asked for explicitly may take hours. */
const patience = process.env.UNDERSTUDY_THOROUGH === '1' ? 10 : 1;

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const named = suites.filter(({ name }) => process.argv.includes(name, 2));
const chosen = new Set(named.length > 0 ? named : suites);
const filters = process.argv.slice(2).filter((word) => !suites.some(({ name }) => name === word));

const { folder, environment, close } = openOwnFolder();

const running = new Set();
let stopping;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(signal));

const results = new Map();
await Promise.all(lanes.map(runLane));
await (stopping ?? finish([...chosen].map((suite) => results.get(suite))));

async function runLane(lane) {
  const next = () => lane.shift() ?? rest.shift();
  for (let suite = next(); suite && !stopping; suite = next())
    if (chosen.has(suite)) results.set(suite, { suite: suite.name, ...(await runSuite(suite)) });
}

async function runSuite({ name, minutes }) {
  console.log(`\n── ${name} ──`);
  const report = join(folder, `${name}.json`);
  const started = Date.now();
  const code = await vitest(name, report, minutes * patience * 60_000);
  const result = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : {
        passed: 0,
        failures: [{ name, message: `The suite did not come to an end (${code}).` }],
        skipped: [],
        files: [],
      };
  if (code !== 0 && result.failures.length === 0)
    result.failures.push({ name, message: `vitest ended with ${code}.` });
  return { ...result, seconds: (Date.now() - started) / 1000 };
}

/** Answers the exit code, or why there is none. In a process group of its own, so that all of it can be ended. */
function vitest(suite, report, milliseconds) {
  const program = join(top, 'node_modules/vitest/vitest.mjs');
  const options = ['--passWithNoTests', '--reporter=default', `--reporter=${join(top, 'test/report.js')}`];
  const child = spawn(process.execPath, [program, 'run', '--project', suite, ...options, ...filters], {
    cwd: top,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...environment, UNDERSTUDY_TEST_REPORT: report },
  });
  running.add(child);
  return new Promise((resolve) => {
    const limit = setTimeout(() => {
      end(child);
      resolve(`stopped after ${milliseconds / 60_000} minutes`);
    }, milliseconds);
    const answer = (value) => {
      clearTimeout(limit);
      running.delete(child);
      resolve(value);
    };
    child.on('error', (error) => answer(error.message));
    child.on('exit', (code, signal) => answer(code ?? signal));
  });
}

function end(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function stop(signal) {
  stopping ??= (async () => {
    for (const child of running) end(child);
    await close();
    console.error(`\nStopped by ${signal}.`);
    process.exit(128 + constants.signals[signal]);
  })();
  return stopping;
}

async function finish(results) {
  const left = await close();
  const failures = results.flatMap((result) => result.failures);
  const skipped = results.flatMap((result) => result.skipped);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);

  console.log('\n── result ──');
  for (const result of results) {
    const { suite, seconds } = result;
    const counts = `${result.passed} passed, ${result.failures.length} failed, ${result.skipped.length} skipped`;
    console.log(`${suite.padEnd(12)} ${counts}, ${seconds.toFixed(0)} s`);
  }
  const files = results.flatMap((result) => result.files).sort((a, b) => b.seconds - a.seconds);
  for (const { file, seconds } of files.slice(0, longest))
    console.log(`${seconds.toFixed(0).padStart(6)} s  ${file}`);
  for (const line of left) console.log(`left behind by a test, cleared away: ${line}`);
  for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`);
  for (const { name, message } of failures) console.log(`FAILED: ${name}: ${message.split('\n')[0]}`);
  if (passed + failures.length === 0) console.log('No test was run.');
  console.log(`${passed} passed, ${failures.length} failed, ${skipped.length} skipped`);
  process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
}
