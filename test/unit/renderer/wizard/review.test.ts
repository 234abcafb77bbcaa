/** What the review shows: files that are looked through, programs in use, decisions that are to be saved. */
import { describe, expect, test } from 'vitest';
import type { Conflict, FileChange } from '../../../../shared/changeset.js';
import { conflicts, manyFiles } from '../../../../renderer/double/scenes/wizard-records.js';
import { Decisions } from '../../../../renderer/wizard/review/decisions.svelte.js';
import { filesFor } from '../../../../renderer/wizard/review/files.js';
import { usingOf } from '../../../../renderer/wizard/review/services.js';

const file = (path: string, area: FileChange['area']): FileChange => ({
  path,
  area,
  kind: 'changed',
  type: 'file',
  bytes: 1,
});

describe('files', () => {
  const files = [file('/usr/bin/ssh', 'programs'), file('/etc/ssh/sshd_config', 'configuration')];

  test('are found by area and by a text in their path', () => {
    expect(filesFor(files, { area: null, text: '' })).toBe(files);
    expect(filesFor(files, { area: 'programs', text: '' })).toEqual([files[0]]);
    expect(filesFor(files, { area: null, text: 'SSHD' })).toEqual([files[1]]);
    expect(filesFor(files, { area: 'programs', text: 'sshd' })).toEqual([]);
  });

  test('one of 100,000 is found', () => {
    const { files: many } = manyFiles(100_000);
    expect(filesFor(many, { area: 'programs', text: 'module-99999' })).toHaveLength(1);
  });
});

test('a program that runs many times is named once, services first', () => {
  const use = (unit: string | null, process: string, pid: number) => ({ unit, process, pid, files: [] });
  expect(
    usingOf([
      use(null, 'firefox', 1),
      use('ssh.service', 'sshd', 2),
      use('ssh.service', 'sshd', 3),
      use(null, 'vim', 4),
    ]),
  ).toEqual([
    { name: 'ssh.service', isService: true, processes: 2 },
    { name: 'firefox', isService: false, processes: 1 },
    { name: 'vim', isService: false, processes: 1 },
  ]);
});

describe('decisions', () => {
  const [open, other, settled] = conflicts as readonly [Conflict, Conflict, Conflict];

  test('nothing is decided for the user', () => {
    const decisions = new Decisions();
    expect(decisions.of(open)).toBeNull();
    expect(decisions.of(settled)).toBe('theirs');
    expect(decisions.among(conflicts)).toEqual([]);
  });

  test('keeping one’s own file is a decision to be saved as well', () => {
    const decisions = new Decisions();
    decisions.choose(open, 'mine');
    decisions.choose(other, 'theirs');
    expect(decisions.among(conflicts)).toEqual([
      { conflict: open.id, choice: 'mine' },
      { conflict: other.id, choice: 'theirs' },
    ]);
  });

  test('who changes a mind back has nothing to save', () => {
    const decisions = new Decisions();
    decisions.choose(settled, 'mine');
    expect(decisions.among(conflicts)).toHaveLength(1);
    decisions.choose(settled, 'theirs');
    expect(decisions.among(conflicts)).toEqual([]);
  });

  test('what was saved meanwhile is not saved again', () => {
    const decisions = new Decisions();
    decisions.chooseForAll(conflicts, 'theirs');
    const saved = conflicts.map((conflict): Conflict => ({ ...conflict, decided: true, kept: 'theirs' }));
    expect(decisions.among(saved)).toEqual([]);
  });
});
