/** The report as text: one line a row, figures in columns. */
import { metOf, ratioOf, type BenchRow } from './row.js';

export function tableOf(rows: readonly BenchRow[]): string {
  const heading = ['measure', 'ours', 'peer', 'ratio', 'target', ''];
  const lines = [heading, ...rows.map(cellsOf)];
  const widths = heading.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)));
  const text = lines.map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 1 || column === 3 ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  text.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return text.join('\n');
}

function cellsOf(row: BenchRow): string[] {
  const met = metOf(row);
  const ratio = ratioOf(row);
  return [
    row.name,
    figure(row.ours, row.unit),
    row.peer === undefined ? '' : `${figure(row.peer, row.unit)}  ${row.peerName ?? ''}`,
    ratio === undefined ? '' : ratio.toFixed(2),
    targetOf(row),
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ];
}

function targetOf({ target, unit }: BenchRow): string {
  if (!target) return '';
  if (target.of === 'ratio') return `ratio <= ${target.atMost}`;
  return unit === 'count' ? `<= ${target.atMost}` : `<= ${target.atMost} ${unit}`;
}

function figure(value: number, unit: BenchRow['unit']): string {
  switch (unit) {
    case 's':
      return value < 0.01 ? `${(value * 1000).toFixed(2)} ms` : `${value.toFixed(value < 1 ? 3 : 2)} s`;
    case 'ms':
      return `${value.toFixed(1)} ms`;
    case 'MB':
      return `${value.toFixed(value < 10 ? 1 : 0)} MB`;
    case 'kB':
      return `${value.toFixed(1)} kB`;
    case 'count':
      return value.toFixed(0);
    case '1/s':
      return `${value.toFixed(0)} /s`;
    case 'bytes':
      return `${(value / 1e6).toFixed(2)} MB`;
  }
}
