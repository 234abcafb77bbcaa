import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identity, parse } from '../../../electron/engine/review/identity.js';
import { prove, samplePair, type SampleTree } from './sample-tree.js';

const passwd =
  'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/sbin/nologin\nann:x:1000:1000:Ann,,,:/home/ann:/bin/sh\n';
const group = 'root:x:0:\ndaemon:x:1:\nann:x:1000:\naudio:x:29:ann\n';
const shadow = 'root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nann:$y$secret:19000:0:99999:7:::\n';
const gshadow = 'root:*::\ndaemon:*::\nann:!::\naudio:*::ann\n';

let before: SampleTree;
let after: SampleTree;
let clean: () => void;
beforeEach(() => {
  ({ before, after, clean } = samplePair());
  for (const tree of [before, after])
    tree
      .file('etc/passwd', passwd)
      .file('etc/group', group)
      .file('etc/shadow', shadow)
      .file('etc/gshadow', gshadow);
});
afterEach(() => clean());
const proof = () => prove(identity, before, after);

describe('the proof that the account files are sound', () => {
  it('passes for sound files, with NIS entries and comments, and with a new account', async () => {
    after
      .file('etc/passwd', `${passwd}# local\n\nnew:x:999:999::/:/bin/false\n+::::::\n-@group\n`)
      .file('etc/group', `${group}new:x:999:\n`);
    expect(await proof()).toMatchObject({
      id: 'identity',
      result: 'pass',
      sentence: '4 accounts and 5 groups, all sound.',
    });
  });

  it.each([
    ['passwd', 'ann:x:1000:1000:/home/ann\n', 'etc/passwd, line 4: it has 5 fields, not 7.'],
    ['passwd', ':x:5:5:::\n', 'etc/passwd, line 4: it has no name.'],
    ['passwd', 'ann:x:1001:1000:::\n', 'etc/passwd, line 4: ann is there already.'],
    ['passwd', 'eve:x:-1:1000:::\n', 'etc/passwd, line 4: an id of eve is no number.'],
    ['passwd', 'eve:x:4294967296:1000:::\n', 'etc/passwd, line 4: an id of eve is no number.'],
    ['group', 'staff:x:fifty:\n', 'etc/group, line 5: an id of staff is no number.'],
    ['shadow', 'ann:$y$secret2:1:::::\n', 'etc/shadow, line 4: it has 8 fields, not 9.'],
    ['shadow', 'ann:$y$secret2:1::::::\n', 'etc/shadow, line 4: ann is there already.'],
    ['gshadow', 'x\n', 'etc/gshadow, line 5: it has 1 fields, not 4.'],
  ])('fails for a fault in %s and names its place, never a password', async (name, line, sentence) => {
    const place = `etc/${name}`;
    after.file(place, readFileSync(before.at(place), 'utf8') + line);
    const { result, details } = await proof();
    expect({ result, details }).toEqual({ result: 'fail', details: [sentence] });
    expect(JSON.stringify(details)).not.toContain('secret');
    before.file(place, `${readFileSync(before.at(place), 'utf8')}${line}`);
    expect((await proof()).result, 'as before the update').toBe('warn');
  });

  it('fails when root is missing or is not 0', async () => {
    after.file('etc/passwd', passwd.replace('root:x:0', 'root:x:7'));
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: ['etc/passwd: there is no account root with the user id 0.'],
    });
    after.file('etc/passwd', passwd.replace(/^root.*\n/, ''));
    expect((await proof()).result).toBe('fail');
  });

  it('fails when a file is missing, empty, a folder, or a link out of the tree', async () => {
    after.remove('etc/gshadow');
    expect((await proof()).details).toEqual(['etc/gshadow is missing or is no file.']);
    before.remove('etc/gshadow');
    expect((await proof()).result).toBe('pass');
    after.remove('etc/group').link('etc/group', before.at('etc/group'));
    expect((await proof()).details).toContain('etc/group is missing or is no file.');
    after.remove('etc/passwd').file('etc/passwd/x');
    expect((await proof()).details).toContain('etc/passwd is missing or is no file.');
    after.remove('etc/passwd').file('etc/passwd', '');
    expect((await proof()).details).toContain('etc/passwd: there is no account root with the user id 0.');
  });

  it('fails when a primary group or a shadow entry is lost, and warns where it was missing before', async () => {
    after
      .file('etc/group', group.replace('ann:x:1000:\n', ''))
      .file('etc/shadow', shadow.replace(/ann.*\n/, ''));
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: [
        'etc/passwd: the primary group of ann does not exist.',
        'etc/shadow: the entry of ann is gone.',
      ],
    });
    before
      .file('etc/group', group.replace('ann:x:1000:\n', ''))
      .file('etc/shadow', shadow.replace(/ann.*\n/, ''));
    expect((await proof()).result).toBe('warn');
  });

  it("accepts this machine's own account files", () => {
    for (const name of ['passwd', 'group'] as const)
      expect([...parse(name, readFileSync(`/etc/${name}`, 'latin1')).problems.values()]).toEqual([]);
  });
});
