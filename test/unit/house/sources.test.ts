/** The sources as a whole: what `npm run lint` holds, and what must be true of the files that npm reads. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const top = join(import.meta.dirname, '../../..');
const minutes = 60_000;

/** Runs a program of a development dependency; answers what it said when it was not content. */
function complaints(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(top, 'node_modules', program), ...args],
    { cwd: top, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } },
  );
  return status === 0 ? '' : `${stdout}${stderr}` || `ended with ${status}`;
}

describe('the sources', () => {
  test('compile', { timeout: 8 * minutes }, () => {
    // From what the compiler that wrote dist/ found out of the same texts; a copy, since others may compile meanwhile. It lies beside, for
    // its paths are relative.
    const known = join(top, 'dist', `.tsbuildinfo-${process.pid}`);
    copyFileSync(join(top, 'dist/.tsbuildinfo'), known);
    try {
      const options = ['--noEmit', '--tsBuildInfoFile', known, '-p', top];
      expect(complaints('typescript/lib/tsc.js', ...options)).toBe('');
    } finally {
      rmSync(known);
    }
  });

  test('of the renderer are checked together with their markup', { timeout: 8 * minutes }, () => {
    const options = [
      '--tsconfig',
      join(top, 'renderer/tsconfig.json'),
      '--output',
      'machine',
      '--fail-on-warnings',
    ];
    expect(complaints('svelte-check/bin/svelte-check', ...options)).toBe('');
  });

  test('keep the rules of ESLint', { timeout: 12 * minutes }, () => {
    expect(complaints('eslint/bin/eslint.js', '.', '--max-warnings', '0')).toBe('');
  });

  test('are formatted', { timeout: 8 * minutes }, () => {
    expect(complaints('prettier/bin/prettier.cjs', '--list-different', '.')).toBe('');
  });

  test('are text: no byte makes a tool take them for something else', () => {
    const folders = ['shared', 'electron', 'renderer', 'build', 'test'].map((name) => join(top, name));
    const { stdout } = spawnSync('grep', ['-rlaP', '--exclude=*.png', '\\x00', ...folders], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  });

  test('switch a rule off only with a reason, and never the one about layers', () => {
    const { stdout } = spawnSync(
      'grep',
      [
        '-rnE',
        '--include=*.ts',
        '--include=*.js',
        '--include=*.svelte',
        'eslint-disable|@ts-(ignore|expect-error|nocheck)',
      ].concat(
        ['shared', 'electron', 'renderer', 'build', 'test', 'eslint.config.js', 'vitest.config.js'].map(
          (name) => join(top, name),
        ),
      ),
      { encoding: 'utf8' },
    );
    const switches = stdout
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(join(import.meta.dirname, 'sources.test.ts')));
    // A reason stands behind two dashes, as ESLint has it.
    expect(switches.filter((line) => !/eslint-disable-next-line \S+.* -- .{5,}/.test(line))).toEqual([]);
    expect(switches.filter((line) => line.includes('understudy/layers'))).toEqual([]);
  });
});

describe('the files of npm', () => {
  const read = (name: string) => JSON.parse(readFileSync(join(top, name), 'utf8')) as Record<string, unknown>;

  test('the lock file names no address, so that any mirror of the registry serves', () => {
    expect(readFileSync(join(top, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved"/);
  });

  test('the lock file and the package agree', () => {
    const lock = read('package-lock.json') as { packages: Record<string, Record<string, unknown>> };
    const { name, version, dependencies, devDependencies, engines } = read('package.json');
    expect(lock.packages['']).toMatchObject({ name, version, dependencies, devDependencies, engines });
  });

  test('a version has its heading in the change log', () => {
    const changes = readFileSync(join(top, 'CHANGELOG.md'), 'utf8');
    expect(changes).toContain(String(read('package.json')['version']));
  });
});

test('every file that the README names is there', () => {
  const text = readFileSync(join(top, 'README.md'), 'utf8');
  const named = new Set(text.match(/\b(?:test|build|shared|electron)\/[\w./-]+\w/g));
  expect(named.size).toBeGreaterThan(10);
  expect([...named].filter((path) => !existsSync(join(top, path)))).toEqual([]);
});
