import { describe, expect, it } from 'vitest';
import { parseDatasets } from '../../../../electron/engine/environments/zfs/datasets.js';

const lines = (...rows: readonly string[][]): string => rows.map((row) => `${row.join('\t')}\n`).join('');

describe('what "zfs get" tells', () => {
  it('is gathered by dataset, with where each property comes from', () => {
    const text = lines(
      ['rpool/ROOT', 'guid', '1803718407636528412', '-'],
      ['rpool/ROOT', 'type', 'filesystem', '-'],
      ['rpool/ROOT', 'origin', '-', '-'],
      ['rpool/ROOT', 'org.understudy:name', '-', '-'],
      ['rpool/ROOT/with space', 'guid', '17', '-'],
      ['rpool/ROOT/with space', 'type', 'filesystem', '-'],
      ['rpool/ROOT/with space', 'origin', 'rpool/ROOT/a@b', '-'],
      ['rpool/ROOT/with space', 'org.understudy:name', 'one', 'inherited from rpool/ROOT'],
      ['rpool/ROOT/a@b', 'guid', '18', '-'],
      ['rpool/ROOT/a@b', 'type', 'snapshot', '-'],
      ['rpool/swap', 'guid', '19', '-'],
      ['rpool/swap', 'type', 'volume', '-'],
    );
    const found = parseDatasets(text);
    expect(found.map(({ name, guid, kind, origin }) => [name, guid, kind, origin])).toEqual([
      ['rpool/ROOT', '1803718407636528412', 'filesystem', undefined],
      ['rpool/ROOT/with space', '17', 'filesystem', 'rpool/ROOT/a@b'],
      ['rpool/ROOT/a@b', '18', 'snapshot', undefined],
      ['rpool/swap', '19', 'other', undefined],
    ]);
    expect(found[1]?.values.get('org.understudy:name')).toEqual({
      value: 'one',
      source: 'inherited from rpool/ROOT',
    });
  });

  it('is nothing where nothing is told, or what has no number', () => {
    expect(parseDatasets('')).toEqual([]);
    expect(parseDatasets('rpool/ROOT\ttype\tfilesystem\t-\nnonsense\n')).toEqual([]);
  });
});
