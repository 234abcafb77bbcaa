/** The identity databases: merged by entry, together or not at all, and nobody is lost, doubled or locked out. */
import { describe, expect, it, test } from 'vitest';
import { readAccounts } from '../../../electron/engine/reintegrate/accounts/accounts.js';
import { accountProblems } from '../../../electron/engine/reintegrate/accounts/invariants.js';
import { contentsOf, edited, mergeTexts, small, withUser, type Texts } from './account-texts.js';

const clean = (base: Texts, mine: Texts, theirs: Texts): Texts => {
  const { merged, problems } = mergeTexts(base, mine, theirs);
  expect(problems).toEqual([]);
  return merged;
};
/** Refused: mine is the result. */
const refused = (base: Texts | undefined, mine: Texts, theirs: Texts): string[] => {
  const { merged, problems } = mergeTexts(base, mine, theirs);
  expect(merged).toEqual(mine);
  return problems;
};

describe('merges', () => {
  test('accounts that both sides added, with all that belongs to them', () => {
    const mine = withUser(small, 'berta', 1001);
    const theirs = withUser(small, '_chrony', 999, { system: true });
    const merged = clean(small, mine, theirs);
    expect(merged.passwd).toBe(
      `${small.passwd}berta:x:1001:1001::/home/berta:/bin/bash\n_chrony:x:999:999::/home/_chrony:/usr/sbin/nologin\n`,
    );
    expect(merged.shadow).toBe(
      `${small.shadow}berta:$y$new:20100:0:99999:7:::\n_chrony:!:20100:0:99999:7:::\n`,
    );
    expect(merged.group).toBe(`${small.group}berta:x:1001:\n_chrony:x:999:\n`);
    expect(merged.gshadow).toBe(`${small.gshadow}berta:!::\n_chrony:!::\n`);
    expect(merged.subuid).toBe(mine.subuid);
  });

  test('fields of one entry, each by itself, and the later of two dates of one password', () => {
    const mine = edited(small, {
      passwd: ['/home/anna', '/srv/anna'],
      shadow: ['$y$anna:20000:0', '$y$new:20200:0'],
    });
    const theirs = edited(small, {
      passwd: [':Anna:', ':Anna B.:'],
      shadow: ['anna:$y$anna:20000:0:99999:7', 'anna:$y$anna:20000:0:99999:14'],
    });
    const merged = clean(small, mine, theirs);
    expect(merged.passwd).toContain('anna:x:1000:1000:Anna B.:/srv/anna:/bin/bash\n');
    expect(merged.shadow).toContain('anna:$y$new:20200:0:99999:14:::\n');
    const dated = (day: number): Texts => edited(small, { shadow: ['daemon:*:20000', `daemon:*:${day}`] });
    expect(clean(small, dated(20300), dated(20200)).shadow).toContain('daemon:*:20300');
    expect(clean(small, dated(20200), dated(20300)).shadow).toContain('daemon:*:20300');
  });

  test('members as sets, in group and gshadow alike, in the order in which they were', () => {
    const base = edited(small, {
      group: ['29:anna', '29:anna,root'],
      gshadow: ['audio:*::anna', 'audio:*::anna,root'],
    });
    const mine = withUser(
      edited(base, {
        group: ['29:anna,root', '29:anna,root,berta'],
        gshadow: [':anna,root', ':anna,root,berta'],
      }),
      'berta',
      1001,
    );
    const theirs = edited(base, {
      group: ['29:anna,root', '29:daemon,anna'],
      gshadow: [':anna,root', ':daemon,anna'],
    });
    const merged = clean(base, mine, theirs);
    expect(merged.group).toContain('audio:x:29:anna,berta,daemon\n');
    expect(merged.gshadow).toContain('audio:*::anna,berta,daemon\n');
  });

  test('a removal of what the other side left alone', () => {
    const base = withUser(small, 'old', 120, { system: true });
    const theirs = small;
    expect(clean(base, withUser(base, 'berta', 1001), theirs)).toEqual(withUser(small, 'berta', 1001));
    const mine = withUser(withUser(small, 'berta', 1001), 'other', 121, { system: true });
    expect(clean(withUser(small, 'berta', 1001), mine, withUser(small, 'berta', 1001))).toEqual(mine);
  });

  test('around comments, empty lines, malformed lines and those of NIS, which all stay where they are', () => {
    const odd = (text: string | undefined, more = ''): string =>
      `# of the administrator\n${text}\nno colon at all\nshort:x\n${more}+@staff::::::\n+::::::\n`;
    const base = { ...small, passwd: odd(small.passwd) };
    const mine = {
      ...withUser(small, 'berta', 1001),
      passwd: odd(small.passwd, 'berta:x:1001:1001::/home/berta:/bin/bash\n'),
    };
    const theirs = {
      ...withUser(small, 'svc', 999, { system: true }),
      passwd: odd(small.passwd, 'svc:x:999:999::/:/usr/sbin/nologin\n'),
    };
    const both = 'berta:x:1001:1001::/home/berta:/bin/bash\nsvc:x:999:999::/:/usr/sbin/nologin\n';
    expect(clean(base, mine, theirs).passwd).toBe(odd(small.passwd, both));
    const commented = { ...theirs, passwd: `${theirs.passwd}# theirs\n` };
    expect(
      clean(base, { ...mine, passwd: mine.passwd.replace('# of the administrator\n', '') }, commented).passwd,
    ).toBe(`${odd(small.passwd, both).replace('# of the administrator\n', '')}# theirs\n`);
  });

  test('a second entry of a name as the line that it is', () => {
    const twice = (texts: Texts): Texts => edited(texts, { passwd: [/$/, 'daemon:x:7:7::/:/bin/sh\n'] });
    const merged = clean(
      twice(small),
      withUser(twice(small), 'berta', 1001),
      withUser(twice(small), 'svc', 999, { system: true }),
    );
    expect(merged.passwd).toContain('daemon:x:7:7::/:/bin/sh\nberta:');
  });

  test('files without a final newline, without a file, and empty ones', () => {
    const bare = edited(small, { passwd: [/\n$/, ''] });
    const mine = edited(bare, {
      passwd: [/$/, '\nberta:x:1001:1001::/:/bin/sh'],
      group: [/$/, 'berta:x:1001:\n'],
    });
    const theirs = edited(bare, { passwd: [/$/, '\nsvc:x:999:1::/:/bin/false'] });
    expect(clean(bare, mine, theirs).passwd).toBe(
      `${bare.passwd}\nberta:x:1001:1001::/:/bin/sh\nsvc:x:999:1::/:/bin/false`,
    );
    const { gshadow, ...without } = small;
    expect(clean(without, withUser({ ...without, gshadow: '' }, 'b', 1001), without).gshadow).toBe('b:!::\n');
    expect(clean(small, without, small)).toEqual(without);
    expect(clean(without, without, { ...without, gshadow: gshadow ?? '' }).gshadow).toBe(gshadow);
    const cr = edited(small, { passwd: [/\n/g, '\r\n'] });
    expect(clean(cr, withUser(cr, 'b', 1001), withUser(cr, 'svc', 999, { system: true })).passwd).toContain(
      'anna:/bin/bash\r\nb:x',
    );
  });

  test('ranges of subordinate ids, several of one owner too', () => {
    const more = (texts: Texts, line: string): Texts => edited(texts, { subuid: [/$/, line] });
    expect(clean(small, more(small, 'anna:200000:10\n'), more(small, 'root:300000:10\n')).subuid).toBe(
      'anna:100000:65536\nanna:200000:10\nroot:300000:10\n',
    );
    expect(refused(small, more(small, 'root:300000:10\n'), more(small, 'daemon:300005:10\n'))).toEqual([
      'RANGE_SHARED subuid daemon, root',
    ]);
  });
});

describe('leaves to the user', () => {
  const services = edited(small, {
    passwd: [/anna.*\n/, ''],
    shadow: [/anna.*\n/, ''],
    group: [/audio.*\nanna.*\n/, ''],
    gshadow: [/audio.*\nanna.*\n/, ''],
  });
  it.each<[string, Texts | undefined, Texts, Texts, string[]]>([
    [
      'a number that both sides gave away, to different names',
      small,
      withUser(small, 'berta', 999),
      withUser(small, 'svc', 999, { system: true }),
      ['ID_SHARED passwd 999', 'ID_SHARED group 999'],
    ],
    [
      'a name that both sides gave different numbers',
      small,
      withUser(small, 'svc', 998, { system: true }),
      withUser(small, 'svc', 999, { system: true }),
      ['ADDED_BY_BOTH passwd svc', 'ADDED_BY_BOTH group svc'],
    ],
    [
      'a password that both changed',
      small,
      edited(small, { shadow: ['$y$anna', '$y$mine'] }),
      edited(small, { shadow: ['$y$anna', '$y$theirs'] }),
      ['CHANGED_BY_BOTH shadow anna'],
    ],
    [
      'an account that one removed and the other changed',
      withUser(small, 'svc', 999, { system: true }),
      edited(withUser(small, 'svc', 999, { system: true }), { passwd: ['/home/svc', '/srv/svc'] }),
      small,
      ['REMOVED_AND_CHANGED passwd svc'],
    ],
    [
      'a member who is removed on the other side',
      withUser(small, 'svc', 999, { system: true }),
      edited(withUser(small, 'svc', 999, { system: true }), {
        group: ['29:anna', '29:anna,svc'],
        gshadow: ['::anna', '::anna,svc'],
      }),
      small,
      ['MEMBER_MISSING group audio'],
    ],
    [
      'a primary group that is removed on the other side',
      withUser(small, 'svc', 999, { system: true }),
      edited(withUser(small, 'svc', 999, { system: true }), {
        passwd: [/$/, 'berta:x:1001:999::/:/bin/sh\n'],
        shadow: [/$/, 'berta:$y$b:1::::::\n'],
      }),
      small,
      ['GROUP_MISSING passwd berta'],
    ],
    [
      'a number that would come to stand for someone else',
      withUser(small, 'old', 120, { system: true }),
      withUser(withUser(small, 'old', 120, { system: true }), 'berta', 1001),
      withUser(small, 'new', 120, { system: true }),
      ['ID_REUSED passwd new', 'ID_REUSED group new'],
    ],
    [
      'a passwd with root alone',
      small,
      small,
      { ...small, passwd: 'root:x:0:0:root:/root:/bin/bash\n' },
      ['LOGIN_LOST passwd anna', 'ROOT_ALONE passwd root'],
    ],
    [
      'a passwd with root alone, though mine has more of its own',
      services,
      withUser(services, 'svc', 999, { system: true }),
      {
        ...services,
        passwd: 'root:x:0:0:root:/root:/bin/bash\n',
        shadow: 'root:$y$root:20000:0:99999:7:::\n',
      },
      ['ROOT_ALONE passwd root'],
    ],
    ['a group with root alone', small, small, { ...small, group: 'root:x:0:\n' }, ['ROOT_ALONE group root']],
    [
      'a passwd without root',
      small,
      small,
      edited(small, { passwd: [/^.*\n/, ''] }),
      ['ROOT_MISSING passwd root'],
    ],
    [
      'root with another number',
      small,
      small,
      edited(small, { passwd: ['x:0:0', 'x:5:0'] }),
      ['ROOT_MISSING passwd root'],
    ],
    [
      'an account that is locked',
      small,
      small,
      edited(small, { shadow: ['anna:$', 'anna:!$'] }),
      ['LOGIN_LOST passwd anna'],
    ],
    [
      'a shell that lets no one in',
      small,
      small,
      edited(small, { passwd: [/bin\/bash\n$/, 'usr/sbin/nologin\n'] }),
      ['LOGIN_LOST passwd anna'],
    ],
    [
      'an account that expires',
      small,
      small,
      edited(small, { shadow: [/:::\n$/, '::19000:\n'] }),
      ['LOGIN_LOST passwd anna'],
    ],
    [
      'a shadow entry that is gone',
      small,
      small,
      edited(small, { shadow: [/anna.*\n/, ''] }),
      ['LOGIN_LOST passwd anna'],
    ],
    [
      'a file that is gone',
      small,
      withUser(small, 'b', 1001),
      { ...small, shadow: undefined } as unknown as Texts,
      ['REMOVED_AND_CHANGED shadow'],
    ],
    [
      'everything that differs, without a record',
      undefined,
      small,
      withUser(small, 'svc', 999, { system: true }),
      ['NO_RECORD passwd', 'NO_RECORD shadow', 'NO_RECORD group', 'NO_RECORD gshadow'],
    ],
  ])('%s', (_, base, mine, theirs, expected) => {
    expect(refused(base, mine, theirs)).toEqual(expect.arrayContaining(expected));
  });

  it('nothing that is the same on both sides, whatever it is', () => {
    const broken: Texts = { passwd: 'anna:x:1:1::/:/bin/sh\nberta:x:1:1::/:/bin/sh\n' };
    expect(mergeTexts(undefined, broken, broken)).toEqual({ merged: broken, problems: [] });
    expect(clean(small, broken, broken)).toEqual(broken);
  });

  it('what was wrong before is no reason', () => {
    const old = edited(small, {
      passwd: [/$/, 'toor:x:0:0::/root:/bin/sh\nlost:x:55:55::/:/bin/false\n'],
      group: ['29:anna', '29:anna,ghost'],
    });
    const merged = clean(old, withUser(old, 'berta', 1001), withUser(old, 'svc', 999, { system: true }));
    expect(merged.passwd).toContain('toor:x:0:0');
    expect(merged.group).toContain('29:anna,ghost');
  });
});

test('no sentence about a problem holds a password', () => {
  const mine = edited(small, { shadow: ['$y$anna', '$y$mine'] });
  const theirs = edited(small, { shadow: ['$y$anna', '$y$theirs'] });
  const { problems } = mergeTexts(small, mine, theirs);
  expect(JSON.stringify(problems)).not.toContain('$y$');
});

test('the invariants judge any two versions, as after a boot', () => {
  const before = readAccounts(contentsOf(withUser(small, 'berta', 1001)));
  const problems = (texts: Texts): string[] =>
    accountProblems(readAccounts(contentsOf(texts)), { mine: before }).map(({ sentence }) => sentence);
  expect(problems(withUser(small, 'berta', 1001))).toEqual([]);
  expect(problems(withUser(withUser(small, 'berta', 1001), 'carla', 1002))).toEqual([]);
  expect(problems(small)).toEqual([
    'passwd: berta could log in before, and could not any more.',
    'passwd: 1001 would be gone, though nobody removed it.',
    'group: 1001 would be gone, though nobody removed it.',
  ]);
  expect(problems({ ...withUser(small, 'berta', 1001), shadow: small.shadow ?? '' })).toEqual([
    'passwd: berta could log in before, and could not any more.',
    'shadow: berta would not agree with its other half.',
  ]);
  expect(
    problems(edited(withUser(small, 'berta', 1001), { gshadow: ['berta:!::', 'berta:!::anna'] })),
  ).toEqual(['gshadow: berta would not agree with its other half.']);
});
