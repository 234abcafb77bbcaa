import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf, { type Options } from 'conf';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { storeFolders } from '../../../electron/services/store/folders.js';
import { openRecord, type Document, type StoreClass } from '../../../electron/services/store/open-record.js';
import { openStores } from '../../../electron/services/store/stores.js';
import { defaultPreferences } from '../../../shared/preferences.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const schema = z.strictObject({
  version: z.literal(2),
  colour: z.enum(['red', 'blue']),
  size: z.int().min(1),
});
const defaults = { version: 2 as const, colour: 'red' as const, size: 1 };
const file = () => join(folder, 'things.json');
const open = (Store?: StoreClass) =>
  openRecord<typeof schema>({
    folder,
    name: 'things',
    version: 2,
    schema,
    defaults,
    migrations: { 1: ({ color, ...rest }) => ({ ...rest, colour: color }) },
    Store,
  });
const onDisk = () => JSON.parse(readFileSync(file(), 'utf8')) as unknown;

test('what is written is there at the next start, for its owner alone', () => {
  const record = open();
  expect([record.found, record.value(), existsSync(file())]).toEqual(['missing', defaults, false]);
  expect(record.write({ ...defaults, size: 7 })).toBe(true);
  expect(record.value().size).toBe(7);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  const again = open();
  expect([again.found, again.value(), again.remark]).toEqual(['read', { ...defaults, size: 7 }, null]);
});

test('an older version is brought forward, and written so', () => {
  writeFileSync(file(), JSON.stringify({ version: 1, color: 'blue', size: 3 }));
  const record = open();
  expect([record.found, record.value()]).toEqual(['migrated', { version: 2, colour: 'blue', size: 3 }]);
  expect(onDisk()).toEqual({ version: 2, colour: 'blue', size: 3 });
});

describe('what cannot be used is kept beside, and said', () => {
  test.each([
    ['empty', ''],
    ['torn', '{"version":2,"colour":"re'],
    ['no object', '[1, 2]'],
    ['null', 'null'],
    ['binary', '\u0000\u0001\ufffd'],
    ['without a version', '{"colour":"red","size":1}'],
    ['out of range', '{"version":2,"colour":"red","size":0}'],
    ['with an unknown field', '{"version":2,"colour":"red","size":1,"more":true}'],
    ['with a prototype key', '{"version":2,"colour":"red","size":1,"__proto__":{"size":9}}'],
    ['of a version that nobody can bring forward', '{"version":0,"colour":"red","size":1}'],
  ])('%s', (_, text) => {
    writeFileSync(file(), text);
    const record = open();
    expect([record.found, record.value()]).toEqual(['damaged', defaults]);
    expect(record.remark).toContain(`${file()}.damaged`);
    expect(readFileSync(`${file()}.damaged`, 'utf8')).toBe(text);
    expect(record.write({ ...defaults, size: 2 })).toBe(true);
    expect(open().value().size).toBe(2);
  });
});

test('a newer version is neither used nor written over; a change holds until the end', () => {
  const text = JSON.stringify({ version: 3, colour: 'green' });
  writeFileSync(file(), text);
  const record = open();
  expect([record.found, record.value()]).toEqual(['newer', defaults]);
  expect(record.write({ ...defaults, size: 5 })).toBe(false);
  expect(record.value().size).toBe(5);
  expect(readFileSync(file(), 'utf8')).toBe(text);
  expect(readdirSync(folder)).toEqual(['things.json']);
});

test('a folder in the place of the file is left alone', () => {
  mkdirSync(file());
  const record = open();
  expect([record.found, record.write({ ...defaults, size: 5 })]).toEqual(['unreadable', false]);
  expect(statSync(file()).isDirectory()).toBe(true);
});

test('a disk that takes nothing costs no more than the memory of it', (context) => {
  context.skip(process.getuid?.() === 0, 'needs an ordinary user: root may write everywhere');
  chmodSync(folder, 0o500);
  const record = open();
  expect(record.write({ ...defaults, size: 5 })).toBe(false);
  expect(record.value().size).toBe(5);
});

test('the class of electron-store writes the same file', () => {
  // As electron-store's constructor does it: its own name for the file's name, with a default that wins.
  class Store extends Conf<Document> {
    constructor(options: Options<Document> & { name?: string }) {
      const { name = 'config', ...rest } = options;
      super({ ...rest, configName: name });
    }
  }
  open(Store).write({ ...defaults, size: 4 });
  expect(readdirSync(folder)).toEqual(['things.json']);
  expect(open().value().size).toBe(4);
});

describe('the files of the app', () => {
  const folders = () => ({ config: join(folder, 'config'), state: join(folder, 'state') });

  test('lie where the XDG folders say, or where they usually are', () => {
    const given = { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: 'relative' };
    expect(storeFolders(given, '/home/ada')).toEqual({
      config: '/c/understudy',
      state: '/home/ada/.local/state/understudy',
    });
  });

  test('are made only when there is something to keep', () => {
    const stores = openStores({ folders: folders(), practice: false });
    expect([stores.preferences.value(), stores.remarks]).toEqual([defaultPreferences, []]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of a practice system are apart', () => {
    const practice = openStores({ folders: folders(), practice: true });
    const real = openStores({ folders: folders(), practice: false });
    practice.memory.write({ version: 1, seen: ['run-0001'], told: {} });
    expect(practice.history.path).not.toBe(real.history.path);
    expect(openStores({ folders: folders(), practice: false }).memory.value().seen).toBeNull();
    expect(practice.preferences.path).toBe(real.preferences.path);
  });

  test('say what they could not use', () => {
    mkdirSync(folders().config);
    writeFileSync(join(folders().config, 'preferences.json'), '{"version":1,"language":"klingon"}');
    expect(openStores({ folders: folders(), practice: false }).remarks).toHaveLength(1);
  });
});
