/**
 * Random edits on three sides, thousands of them, each with a seed of its own. The judge knows nothing of the merge: it reads the files
 * again with a few lines of its own, and asks what must be true whoever merged them.
 */
import { expect, test } from 'vitest';
import { mergeText } from '../../../electron/engine/reintegrate/merge-text.js';
import { seeded, type Random } from '../../lab/seeded.js';
import { mergeTexts, type Texts } from './account-texts.js';

const accountCases = 6000;
const textCases = 6000;
const firstSeed = 20_261_126;

type Rows = string[][];
interface Model {
  passwd: Rows;
  shadow: Rows;
  group: Rows;
  gshadow: Rows;
  subuid: Rows;
  subgid: Rows;
}
const names = ['passwd', 'shadow', 'group', 'gshadow', 'subuid', 'subgid'] as const;
/** Lines that are no entries. */
const strange = ['# a comment', '', 'no colon', '# another'];

function addAccount(model: Model, name: string, id: number, isPerson: boolean, at?: number): void {
  const shell = isPerson ? '/bin/bash' : '/usr/sbin/nologin';
  const put = (rows: Rows, row: string[]): void => void rows.splice(Math.min(at ?? 99, rows.length), 0, row);
  put(model.passwd, [name, 'x', `${id}`, `${id}`, name, `/home/${name}`, shell]);
  put(model.shadow, [name, isPerson ? `$y$${name}` : '!', '20000', '0', '99999', '7', '', '', '']);
  put(model.group, [name, 'x', `${id}`, '']);
  put(model.gshadow, [name, '!', '', '']);
  if (!isPerson) return;
  model.subuid.push([name, `${id * 65536}`, '65536']);
  model.subgid.push([name, `${id * 65536}`, '65536']);
}

function makeBase(random: Random): Model {
  const model: Model = { passwd: [], shadow: [], group: [], gshadow: [], subuid: [], subgid: [] };
  addAccount(model, 'root', 0, true);
  for (let id = 1; id <= 2 + random.below(5); id += 1) addAccount(model, `sys${id}`, id, false);
  for (let id = 0; id <= random.below(3); id += 1) addAccount(model, `user${id}`, 1000 + id, true);
  for (const [name, id] of [
    ['audio', 29],
    ['sudo', 27],
  ] as const) {
    const members = random.below(2) === 0 ? 'user0' : '';
    model.group.push([name, 'x', `${id}`, members]);
    model.gshadow.push([name, '*', '', members]);
  }
  if (random.below(3) === 0) model.passwd.splice(random.below(4), 0, [random.pick(strange)]);
  if (random.below(3) === 0) model.group.splice(random.below(4), 0, [random.pick(strange)]);
  if (random.below(8) === 0) model.passwd.push(['+', '', '', '', '', '', '']);
  return model;
}

const copyOf = (model: Model): Model => structuredClone(model);
const accountsOf = (rows: Rows): Rows => rows.filter((row) => row.length > 1 && row[0] !== '+');
const rowOf = (rows: Rows, name: string | undefined): string[] | undefined =>
  rows.find((row) => row.length > 1 && row[0] === name);

/** What an administrator or a package script does, as the tools do it: in all files that it concerns. */
function edit(model: Model, side: string, random: Random): void {
  const some = random.pick(accountsOf(model.passwd));
  const [name = ''] = some;
  const used = new Set(model.passwd.map((row) => row[2]).concat(model.group.map((row) => row[2])));
  const freeFrom = (start: number): number => {
    let id = start;
    while (used.has(String(id))) id += 1;
    return id;
  };
  const members = (group: string, change: (list: string[]) => string[]): void => {
    for (const rows of [model.group, model.gshadow]) {
      const row = rowOf(rows, group);
      if (row) row[3] = change((row[3] ?? '').split(',').filter(Boolean)).join(',');
    }
  };
  const group = random.pick(['audio', 'sudo']);
  switch (random.below(15)) {
    case 0:
      // Both sides take the next free number, as the tools do.
      addAccount(model, `${side}${random.below(100)}`, freeFrom(100), false);
      break;
    case 1:
      addAccount(model, `${side}person${random.below(100)}`, freeFrom(1000), true, random.below(12));
      break;
    case 2:
      addAccount(model, random.pick(['shared', `${side}x`]), freeFrom(100 + random.below(20)), false);
      break;
    case 3:
      if (name === 'root') break;
      for (const key of names) model[key] = model[key].filter((row) => row.length === 1 || row[0] !== name);
      for (const each of ['audio', 'sudo']) members(each, (list) => list.filter((member) => member !== name));
      break;
    case 4:
    case 5: {
      const row = rowOf(model.shadow, name);
      if (row) [row[1], row[2]] = [`$y$${side}${random.below(1000)}`, `${20_000 + random.below(300)}`];
      break;
    }
    case 6: {
      const row = rowOf(model.shadow, name);
      if (row) row[1] = `!${row[1]}`;
      break;
    }
    case 7:
      some[4] = `${side} ${random.below(1000)}`;
      break;
    case 8:
      some[5] = `/srv/${random.below(3)}`;
      break;
    case 9:
      some[6] = random.pick(['/bin/sh', '/usr/sbin/nologin']);
      break;
    case 10:
      members(group, (list) => (list.includes(name) ? list : [...list, name]));
      break;
    case 11:
      members(group, (list) => list.slice(1));
      break;
    case 12:
      model[random.pick(['passwd', 'group'] as const)].splice(random.below(6), 0, [
        `# ${side} ${random.below(9)}`,
      ]);
      break;
    case 13:
      // By hand, in one file alone.
      model[random.pick(names)].splice(random.below(4), 1);
      break;
    case 14:
      // As a package for new systems brings it.
      if (random.below(6) === 0) model.passwd = model.passwd.filter((row) => row[0] === 'root');
      else some[2] = `${freeFrom(2000)}`;
      break;
  }
}

function textsOf(model: Model, random: Random): Texts {
  const end = random.below(12) === 0 ? '' : '\n';
  return Object.fromEntries(
    names.map((key) => [
      key,
      model[key].length === 0 ? '' : model[key].map((row) => row.join(':')).join('\n') + end,
    ]),
  );
}

/** Read again, as simply as can be: the first of a name counts. */
function read(texts: Texts, key: (typeof names)[number]): Map<string, string[]> {
  const known = readBefore.get(texts)?.get(key);
  if (known) return known;
  const rows = new Map<string, string[]>();
  for (const line of (texts[key] ?? '').split('\n')) {
    const row = line.split(':');
    if (row.length > 1 && /^[^#+-]/.test(line) && !rows.has(row[0] ?? '')) rows.set(row[0] ?? '', row);
  }
  readBefore.set(texts, (readBefore.get(texts) ?? new Map<string, Map<string, string[]>>()).set(key, rows));
  return rows;
}
const readBefore = new WeakMap<Texts, Map<string, Map<string, string[]>>>();

/** As `expect`, which is too slow for millions of questions. */
function same(found: unknown, wanted: unknown, where: string): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`${where}: ${left} instead of ${right}`);
}

const sorted = (list: string | undefined): string => (list ?? '').split(',').filter(Boolean).sort().join();

function judge(base: Texts, mine: Texts, theirs: Texts, merged: Texts): void {
  const sides = [mine, theirs];
  for (const key of ['passwd', 'shadow', 'group', 'gshadow'] as const) {
    const [b, m, t, r] = [base, mine, theirs, merged].map((texts) => read(texts, key)) as [
      Map<string, string[]>,
      Map<string, string[]>,
      Map<string, string[]>,
      Map<string, string[]>,
    ];
    const lists = key === 'group' ? [3] : key === 'gshadow' ? [2, 3] : [];
    for (const name of new Set([...b.keys(), ...m.keys(), ...t.keys(), ...r.keys()])) {
      const [old, left, right, now] = [b.get(name), m.get(name), t.get(name), r.get(name)];
      const where = `${key} ${name}`;
      // Whoever is gone was removed by one side, and as the other one had it from before.
      if (!now) {
        if (left && right) throw new Error(`${where} is gone`);
        const kept = left ?? right;
        if (kept) same(kept, old, `${where} was changed, and is gone`);
        continue;
      }
      if (!left && !right) throw new Error(`${where} came from nowhere`);
      if (old && (!left || !right)) throw new Error(`${where} came back`);
      for (const [at, value] of now.entries()) {
        const [was, mineHas, theirsHas] = [old?.[at], left?.[at], right?.[at]];
        if (lists.includes(at)) {
          const [w, x, y] = [was, mineHas, theirsHas].map(
            (list) => new Set(sorted(list).split(',').filter(Boolean)),
          ) as [Set<string>, Set<string>, Set<string>];
          const expected = [...new Set([...x, ...y])].filter(
            (one) => !w.has(one) || ((!left || x.has(one)) && (!right || y.has(one))),
          );
          same(sorted(value), expected.sort().join(), where);
          continue;
        }
        if (left && (!right || theirsHas === was) && value !== mineHas)
          throw new Error(`${where}: field ${at} is not mine`);
        if (right && (!left || mineHas === was) && value !== theirsHas)
          throw new Error(`${where}: field ${at} is not theirs`);
        if (value !== mineHas && value !== theirsHas) throw new Error(`${where}: field ${at} is of neither`);
      }
    }
    // Mine keep their order.
    const order = [...m.keys()].filter((name) => r.has(name));
    same(
      [...r.keys()].filter((name) => m.has(name)),
      order,
      key,
    );
    // Lines that are no entries are there when a side added them, or nobody removed them.
    const others = (texts: Texts): string[] =>
      (texts[key] ?? '').split('\n').filter((line) => !line.includes(':') && line !== '');
    for (const line of new Set([...others(mine), ...others(theirs)])) {
      const has = (texts: Texts): boolean => others(texts).includes(line);
      if (!has(base) || (has(mine) && has(theirs))) same(has(merged), true, `${key}: ${line}`);
    }
  }
  const [users, groups, shadow] = [read(merged, 'passwd'), read(merged, 'group'), read(merged, 'shadow')];
  same(users.get('root')?.[2], '0', 'root');
  for (const key of ['passwd', 'group'] as const) {
    const rows = [...read(merged, key)];
    for (const [name, row] of rows) {
      for (const [other, its] of rows) {
        if (name >= other || row[2] !== its[2]) continue;
        const before = sides.some(
          (side) => read(side, key).get(name)?.[2] === row[2] && read(side, key).get(other)?.[2] === row[2],
        );
        if (!before) throw new Error(`${name} and ${other} share ${row[2]}`);
      }
      // The files of the one are not those of another now.
      const owners = [...read(mine, key)].filter(([, its]) => its[2] === row[2]).map(([owner]) => owner);
      if (owners.length > 0 && rows.every(([each, its]) => its[2] !== row[2] || !owners.includes(each)))
        throw new Error(`${row[2]} of ${owners.join()} belongs to ${name}`);
    }
  }
  const mayLogIn = (texts: Texts): string[] =>
    [...read(texts, 'passwd')].flatMap(([name, row]) => {
      const hash = read(texts, 'shadow').get(name)?.[1];
      return /nologin$/.test(row[6] ?? '') || hash === undefined || /^[!*]/.test(hash) ? [] : [name];
    });
  const can = new Set(mayLogIn(merged));
  for (const name of mayLogIn(mine)) if (!can.has(name)) throw new Error(`${name} cannot log in any more`);
  const has = (texts: Texts, key: 'group', id: string | undefined): boolean =>
    [...read(texts, key).values()].some((row) => row[2] === id);
  for (const [name, row] of users) {
    const dangled = sides.some(
      (side) => read(side, 'passwd').get(name)?.[3] === row[3] && !has(side, 'group', row[3]),
    );
    if (!dangled && !has(merged, 'group', row[3])) throw new Error(`the group of ${name} is gone`);
  }
  const compat = /^\+/m.test(merged.passwd ?? '');
  for (const [name, row] of groups)
    for (const member of sorted(row[3]).split(',').filter(Boolean)) {
      const dangled = sides.some(
        (side) =>
          sorted(read(side, 'group').get(name)?.[3]).split(',').includes(member) &&
          !read(side, 'passwd').has(member),
      );
      if (!compat && !dangled && !users.has(member)) throw new Error(`${member} of ${name} does not exist`);
    }
  for (const name of users.keys()) {
    const without = sides.some((side) => read(side, 'passwd').has(name) && !read(side, 'shadow').has(name));
    if (!shadow.has(name) && !without) throw new Error(`${name} has no line in shadow`);
  }
}

test(`no merge of account files breaks an invariant (${accountCases} cases, seeds from ${firstSeed} on)`, () => {
  let clean = 0;
  const reasons = new Map<string, number>();
  for (let seed = firstSeed; seed < firstSeed + accountCases; seed += 1) {
    const random = seeded(seed);
    const model = makeBase(random);
    const base = textsOf(model, random);
    const [mine, theirs] = ['m', 't'].map((side) => {
      const version = copyOf(model);
      for (let count = random.below(4); count > 0; count -= 1) edit(version, side, random);
      return textsOf(version, random);
    }) as [Texts, Texts];
    const { merged, problems } = mergeTexts(base, mine, theirs);
    try {
      if (problems.length > 0) {
        for (const problem of problems) {
          const code = problem.replace(/ .*/, '');
          reasons.set(code, (reasons.get(code) ?? 0) + 1);
        }
        same(merged, mine, 'refused');
      } else {
        clean += 1;
        if (JSON.stringify(mine) !== JSON.stringify(theirs)) judge(base, mine, theirs, merged);
        // Merged once more, nothing changes: what was cut off is simply done again.
        if (seed % 4 === 0) same(mergeTexts(base, mine, merged), { merged, problems: [] }, 'again');
      }
      // Nothing of theirs: mine, whatever it is.
      if (seed % 4 === 1) same(mergeTexts(base, mine, base).merged, mine, 'alone');
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
  const told = [...reasons].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
  console.log(`accounts: ${accountCases} cases from seed ${firstSeed}: ${clean} merged; ${told.join(', ')}`);
  expect(clean).toBeGreaterThan(accountCases / 4);
  for (const code of [
    'ID_SHARED',
    'LOGIN_LOST',
    'CHANGED_BY_BOTH',
    'REMOVED_AND_CHANGED',
    'ROOT_ALONE',
    'ADDED_BY_BOTH',
    'MEMBER_MISSING',
  ])
    expect(reasons.get(code), code).toBeGreaterThan(0);
});

interface LineEdit {
  /** In place of the line, or before it; `undefined` leaves the line as it is. */
  readonly line: string[] | undefined;
}

function edits(count: number, side: string, random: Random): LineEdit[] {
  return Array.from({ length: count }, (_, at) => {
    if (random.below(9) !== 0) return { line: undefined };
    const fresh = `${side} ${at} ${random.below(1000)}`;
    return { line: random.pick([[], [fresh], [fresh, `${fresh} more`], [fresh, `base ${at}`]]) };
  });
}

test(`texts are merged exactly where the changes lie apart (${textCases} cases, seeds from ${firstSeed} on)`, () => {
  let clean = 0;
  for (let seed = firstSeed; seed < firstSeed + textCases; seed += 1) {
    const random = seeded(seed);
    const count = 1 + random.below(30);
    const end = random.pick(['\n', '\r\n']);
    const base = Array.from({ length: count }, (_, at) => `base ${at}`);
    const [mine, theirs] = [edits(count, 'mine', random), edits(count, 'theirs', random)];
    const apply = (...sides: LineEdit[][]): string =>
      base
        .flatMap(
          (line, at) => sides.map((side) => side[at]?.line).find((each) => each !== undefined) ?? [line],
        )
        .map((line) => line + end)
        .join('');
    // An insertion touches the gap before its line, everything else the line and the gaps at both ends of it.
    const gaps = (side: LineEdit[]): Set<number> =>
      new Set(
        side.flatMap(({ line }, at) =>
          line === undefined
            ? []
            : line.at(-1) === `base ${at}`
              ? [2 * at]
              : [2 * at, 2 * at + 1, 2 * at + 2],
        ),
      );
    const apart = [...gaps(mine)].every((gap) => !gaps(theirs).has(gap));
    const texts = [base.map((line) => line + end).join(''), apply(mine), apply(theirs)].map((text) =>
      Buffer.from(text),
    );
    const result = mergeText(texts[0]!, texts[1]!, texts[2]!);
    const answer = 'merged' in result ? result.merged.toString() : result.conflict;
    if (apart) {
      clean += 1;
      expect(answer, `seed ${seed}`).toBe(apply(mine, theirs));
    } else {
      // The same change on both sides is no conflict, unless another one lies beside it.
      const twice = mine.some(({ line }, at) => line && line.join() === theirs[at]?.line?.join());
      if (!twice || answer !== apply(mine, theirs)) expect(answer, `seed ${seed}`).toBe('content');
    }
    const swapped = mergeText(texts[0]!, texts[2]!, texts[1]!);
    expect('merged' in swapped ? swapped.merged.toString() : swapped.conflict, `seed ${seed}`).toBe(answer);
  }
  console.log(`texts: ${textCases} cases from seed ${firstSeed}: ${clean} lay apart and were merged`);
  expect(clean).toBeGreaterThan(textCases / 4);
  expect(clean).toBeLessThan(textCases);
});
