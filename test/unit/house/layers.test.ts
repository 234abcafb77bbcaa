/** The rule of who may import whom, by ESLint itself with the project's own configuration. The files exist only in memory. */
import { join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, test } from 'vitest';

const top = join(import.meta.dirname, '../../..');
let eslint: ESLint;
beforeAll(() => {
  // Rules that need types need files that exist.
  eslint = new ESLint({ cwd: top, overrideConfig: [tseslint.configs.disableTypeChecked] });
});

/** What the rule says to `text` in a file of this folder. */
async function said(folder: string, text: string): Promise<string[]> {
  const results = await eslint.lintText(text, { filePath: join(top, folder, 'probe/probe.ts') });
  return results
    .flatMap(({ messages }) => messages)
    .filter(({ ruleId }) => ruleId === null || ruleId === 'understudy/layers')
    .map(({ message }) => message);
}

/** A relative import, from two levels below the top or deeper, of a file in `target`. */
function importOf(folder: string, target: string): string {
  const up = '../'.repeat(folder.split('/').length + 1);
  return `${up}${target}/thing.js`;
}

const folders = [
  'shared',
  'electron/engine',
  'electron/helper',
  'electron/services',
  'electron/main',
  'electron/preload',
  'electron/browser',
  'electron/cli',
  'renderer',
] as const;
type Folder = (typeof folders)[number];

/** From the design: besides itself, each may import these. */
const mayImport: Record<Folder, readonly Folder[]> = {
  shared: [],
  'electron/engine': ['shared'],
  'electron/helper': ['electron/engine', 'shared'],
  'electron/services': ['shared'],
  'electron/main': ['electron/services', 'shared'],
  'electron/preload': ['shared'],
  'electron/browser': ['electron/services', 'shared'],
  'electron/cli': ['electron/services', 'electron/engine', 'shared'],
  renderer: ['shared'],
};

describe.each(folders)('%s', (folder) => {
  const allowed = [folder, ...mayImport[folder]];

  test.each(allowed)('may import from %s', async (target) => {
    expect(await said(folder, `export * from '${importOf(folder, target)}';`)).toEqual([]);
  });

  test.each([...folders, 'test/lab', 'build'].filter((target) => !allowed.includes(target as Folder)))(
    'may not import from %s, and is told why',
    async (target) => {
      const path = importOf(folder, target);
      const messages = await said(folder, `export * from '${path}';`);
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatch(new RegExp(`^${folder} may not import ${path}: .{40,}`));
    },
  );
});

describe('every form of import is seen', () => {
  test.each([
    `import { thing } from '../../helper/thing.js'; export { thing };`,
    `import type { Thing } from '../../helper/thing.js'; export type { Thing };`,
    `import '../../helper/thing.js';`,
    `export { thing } from '../../helper/thing.js';`,
    `export * from '../../helper/thing.js';`,
    `export const thing: unknown = await import('../../helper/thing.js');`,
    `export type Thing = import('../../helper/thing.js').Thing;`,
    `import thing = require('../../helper/thing.js'); export { thing };`,
    `export * from '../../engine/../helper/thing.js';`,
    `export * from '../../../electron/./helper/thing.js';`,
    `export * from '../../helper.js';`,
  ])('%s', async (text) => {
    expect(await said('electron/engine', text)).toHaveLength(1);
  });

  test('an import whose target only a run can tell', async () => {
    const messages = await said('electron/engine', 'export const load = (path: string) => import(path);');
    expect(messages[0]).toContain('may import only what its source text names');
  });
});

describe('packages', () => {
  test.each([
    ['electron/engine', 'electron'],
    ['electron/engine', 'electron/main'],
    ['electron/engine', 'node:net'],
    ['electron/engine', 'node:http'],
    ['electron/helper', 'electron'],
    ['electron/services', 'electron'],
    ['electron/cli', 'electron'],
    ['shared', 'node:fs'],
    ['renderer', 'node:fs'],
    ['renderer', 'electron'],
    ['electron/preload', 'node:fs'],
  ])('%s may not import %s', async (folder, name) => {
    expect(await said(folder, `export * from '${name}';`)).toHaveLength(1);
  });

  test.each([
    ['electron/main', 'electron'],
    ['electron/preload', 'electron'],
    ['electron/helper', 'node:net'],
    ['electron/engine', 'node:fs'],
    ['electron/engine', 'koffi'],
    ['shared', 'zod'],
  ])('%s may import %s', async (folder, name) => {
    expect(await said(folder, `export * from '${name}';`)).toEqual([]);
  });

  test("Node's own modules are written with their prefix, so that the rule sees them", async () => {
    const [result] = await eslint.lintText(`export * from 'fs';`, {
      filePath: join(top, 'electron/engine/probe/probe.ts'),
    });
    expect(result?.messages.map(({ ruleId }) => ruleId)).toContain('no-restricted-imports');
  });
});

test("services may use the helper's client, as a file or a folder, and nothing else of it", async () => {
  expect(await said('electron/services', `export * from '../../helper/client.js';`)).toEqual([]);
  expect(await said('electron/services', `export * from '../../helper/client/call.js';`)).toEqual([]);
  expect(await said('electron/services', `export * from '../../helper/clients.js';`)).toHaveLength(1);
});

test('the rule is switched on, as an error, in every folder', async () => {
  for (const folder of folders) {
    const config = (await eslint.calculateConfigForFile(join(top, folder, 'probe.ts'))) as {
      rules: Record<string, readonly unknown[]>;
    };
    expect(config.rules['understudy/layers']?.[0]).toBe(2);
  }
});
