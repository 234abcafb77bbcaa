/** The accounts of the environment that runs, compared with those that people relied on until its first start. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { accountsAfter } from '../../../electron/engine/reintegrate/accounts-after.js';

const root = 'root:x:0:0:root:/root:/bin/bash';
const service = 'service:x:950:950::/:/usr/sbin/nologin';
const database = 'database:x:952:952::/var/lib/database:/bin/bash';
const anna = 'anna:x:1000:1000::/home/anna:/bin/bash';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-accounts-after-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tree(name: string, ...users: readonly string[]): void {
  const etc = join(folder, name, 'etc');
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(etc, 'passwd'), [root, ...users, ''].join('\n'));
  const groups = [root, ...users].map((user) => `${user.split(':')[0]}:x:${user.split(':')[3]}:`);
  writeFileSync(join(etc, 'group'), [...groups, ''].join('\n'));
}
const problems = (): string[] => {
  const at = (name: string) => raw(join(folder, name));
  return accountsAfter({ before: at('before'), late: at('late'), here: at('here') });
};

it('where all agree there is nothing to say, nor where the update added or removed the account of a service', () => {
  tree('before', service, database, anna);
  tree('late', service, database, anna);
  tree('here', anna, 'added:x:951:951::/:/usr/sbin/nologin');
  expect(problems()).toEqual([]);
});

it('who could log in until the start, and cannot now, is named', () => {
  tree('before', service);
  tree('late', service, anna);
  tree('here', service);
  const all = problems();
  expect(all).toContain('passwd: anna could log in before, and could not any more.');
  // Nobody removed the number: it came after the new environment was made.
  expect(all).toContain('passwd: 1000 would be gone, though nobody removed it.');
});

it('a person who was there all the time, and is gone, is named', () => {
  tree('before', service, anna);
  tree('late', service, anna);
  tree('here', service);
  expect(problems()).toEqual(['passwd: anna could log in before, and could not any more.']);
});

it('a number that stands for someone else now is named', () => {
  tree('before');
  tree('late', 'late:x:950:950::/:/usr/sbin/nologin');
  tree('here', service);
  expect(problems()).toContain('passwd: service would get a number that belongs to another (950, of late).');
});

it('a root that is missing is named, also where there are no accounts at all', () => {
  tree('before');
  tree('late');
  tree('here');
  writeFileSync(join(folder, 'here/etc/passwd'), `${service}\n`);
  expect(problems()).toContain('passwd: root is not there with the number 0.');
  rmSync(join(folder, 'here/etc/passwd'));
  expect(problems()).toContain('passwd: root is not there with the number 0.');
});
