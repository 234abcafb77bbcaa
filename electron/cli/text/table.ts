/** Columns of text, aligned. Nothing is cut: a version that is not shown whole is a wrong one. */
import { paint, type Look, type Tone } from './look.js';
import { columnsOf, pad } from './width.js';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  readonly align?: 'left' | 'right';
}
export type Row = readonly (Cell | string)[];

/** The lines of a table; columns are two spaces apart, and a column that is empty in every row is left out. */
export function table(look: Look, rows: readonly Row[], indent = ''): string[] {
  const cells = rows.map((row) =>
    row.map((cell): Cell => (typeof cell === 'string' ? { text: cell } : cell)),
  );
  const widths: number[] = [];
  for (const row of cells) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, columnsOf(cell.text))));
  }
  return cells.map((row) => {
    const shown = row.flatMap((cell, column) => {
      const width = widths[column] ?? 0;
      if (width === 0) return [];
      const text = paint(look, cell.tone ?? 'plain', cell.text);
      const spaces = ' '.repeat(width - columnsOf(cell.text));
      return [cell.align === 'right' ? spaces + text : text + spaces];
    });
    return (indent + shown.join('  ')).trimEnd();
  });
}

/** Names and what they stand for, one below the other. */
export function facts(look: Look, pairs: readonly (readonly [string, string])[], indent = ''): string[] {
  const width = Math.max(0, ...pairs.map(([name]) => columnsOf(name)));
  return pairs.map(([name, value]) =>
    `${indent}${paint(look, 'quiet', pad(name, width))}  ${value}`.trimEnd(),
  );
}
