/**
 * A vitest reporter that writes what became of every test as one JSON document to the file named in `UNDERSTUDY_TEST_REPORT`. Unlike
 * vitest's own, it holds why a test was skipped, what failed outside of any test (a file that cannot be loaded, a hook, an
 * error that nobody caught), and how long each file took.
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

export default class Report {
  onTestRunEnd(modules, unhandledErrors) {
    const report = { passed: 0, failures: [], skipped: [], files: [] };
    for (const module of modules) {
      const file = relative(process.cwd(), module.moduleId);
      report.files.push({ file, seconds: secondsOf(module.diagnostic()) });
      for (const part of [module, ...module.children.allSuites()]) {
        const name = part.type === 'module' ? file : `${file} > ${part.fullName}`;
        report.failures.push(...part.errors().map((error) => ({ name, message: error.message })));
      }
      for (const test of module.children.allTests()) add(report, `${file} > ${test.fullName}`, test);
    }
    report.failures.push(
      ...unhandledErrors.map((error) => ({ name: 'outside of any test', message: error.message })),
    );
    writeFileSync(process.env.UNDERSTUDY_TEST_REPORT, JSON.stringify(report));
  }
}

/** Of a whole file: to load it, its hooks and its tests. */
function secondsOf({ prepareDuration, environmentSetupDuration, setupDuration, collectDuration, duration }) {
  return (prepareDuration + environmentSetupDuration + setupDuration + collectDuration + duration) / 1000;
}

function add(report, name, test) {
  const { state, errors, note } = test.result();
  if (state === 'passed') report.passed += 1;
  else if (state === 'failed') report.failures.push({ name, message: errors[0]?.message ?? '' });
  else if (state === 'skipped') report.skipped.push({ name, reason: note ?? reasonIn(name) });
  else report.failures.push({ name, message: 'never came to an end' });
}

/** By convention a test that may be skipped says why in its title, or in that of its group: "(needs root)", "(no btrfs …)". */
function reasonIn(name) {
  const reason = /\(((?:needs|no) .*?)\)(?= > |$)/s.exec(name)?.[1] ?? 'no reason stated';
  return reason.replace(/\s+/g, ' ');
}
