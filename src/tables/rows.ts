/** DuckDB's chunks as rows, and rows as JSON lines and CSV. */
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import type { Column, TableRow } from '../contract/tables.ts';
import type { Value } from './values.ts';

type Cell = string | number | boolean | null;

/** Rows of a chunk that `selectValues` made; `digits` is how many digits behind the second its times show. */
export function rowsOf(chunk: DuckDBDataChunk, columns: readonly Column[], digits: number): TableRow[] {
  const cells = columns.map((column, index) => cellsOf(chunk.getColumnVector(index), column, digits));
  const rows: TableRow[] = [];
  for (let at = 0; at < chunk.rowCount; at++) {
    const row: Record<string, Cell> = {};
    for (let index = 0; index < columns.length; index++) row[columns[index]!.name] = cells[index]![at]!;
    rows.push(row);
  }
  return rows;
}

function cellsOf(vector: DuckDBVector, { type }: Column, digits: number): Cell[] {
  const cells: Cell[] = [];
  for (let at = 0; at < vector.itemCount; at++) {
    const item = vector.getItem(at) as Value | null;
    cells.push(type === 'time' && item !== null ? timeText(item as bigint, digits) : (item as Cell));
  }
  return cells;
}

/** Value of the sorted column and row number at one place of a chunk, whichever columns hold them. */
export function placeOf(chunk: DuckDBDataChunk, at: number, valueColumn: number | null, rowColumn: number) {
  const value = valueColumn === null ? null : (chunk.getColumnVector(valueColumn).getItem(at) as Value | null);
  return { value, row: chunk.getColumnVector(rowColumn).getItem(at) as number };
}

/** RFC 3339 text of Unix nanoseconds. */
export function timeText(nanoseconds: bigint, digits: number): string {
  const fraction = BigInt.asIntN(64, ((nanoseconds % NANOS) + NANOS) % NANOS);
  const seconds = Number((nanoseconds - fraction) / NANOS);
  const date = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${date}.${String(fraction).padStart(9, '0').slice(0, digits)}Z`;
}
const NANOS = 1_000_000_000n;

export function jsonLines(rows: readonly TableRow[]): string {
  let text = '';
  for (const row of rows) text += `${JSON.stringify(row)}\n`;
  return text;
}

/** RFC 4180: comma, CRLF, a first line of names. */
export function csvHeader(columns: readonly Column[]): string {
  return `${columns.map((column) => column.name).join(',')}\r\n`;
}

export function csvLines(rows: readonly TableRow[], columns: readonly Column[]): string {
  let text = '';
  for (const row of rows) {
    for (let index = 0; index < columns.length; index++) {
      if (index > 0) text += ',';
      text += csvField(row[columns[index]!.name]!);
    }
    text += '\r\n';
  }
  return text;
}

/** A spreadsheet takes a text that begins like this for a formula and would run it; an apostrophe keeps it a text. */
const FORMULA = /^[=+\-@\t\r]/;

export function csvField(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
