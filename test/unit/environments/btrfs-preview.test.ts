/** On a running system, snapshots of btrfs are used only where its administrator asked for them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { previewObstacle } from '../../../electron/engine/environments/btrfs/store.js';
import { openSystem } from '../../../electron/engine/system.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'understudy-preview-'));
  for (const folder of ['usr', 'etc', 'var/lib']) mkdirSync(join(root, folder), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const running = () => previewObstacle({ ...openSystem(root), isRunning: true });
const write = (path: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), '');
};

test('without a word of its administrator there is an obstacle, which names the word', () => {
  expect(running()).toContain('/etc/understudy/btrfs-environments');
});

test('a file asks for them', () => {
  write('etc/understudy/btrfs-environments');
  expect(running()).toBeUndefined();
});

test('what was begun with them goes on with them', () => {
  write('var/lib/understudy/elsewhere');
  expect(running()).toBeUndefined();
});

test('a system that does not run needs no word', () => {
  expect(previewObstacle(openSystem(root))).toBeUndefined();
});
