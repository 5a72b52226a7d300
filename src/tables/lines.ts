/**
 * Rows as text. DuckDB writes the lines, off the JavaScript thread; here their bytes are only strung together (a tenth
 * of the time that rows as objects take).
 */
import type { DuckDBBlobVector, DuckDBDataChunk } from '@duckdb/node-api';
import { type Column, isText, type TableFormat } from '../contract/tables.ts';
import { identifier, literal } from './duckdb.ts';

export type LineFormat = Exclude<TableFormat, 'parquet'>;

/**
 * SQL of one row's line as BLOB: a JSON object without a line end for `json`, with one for `ndjson`, a CSV record
 * (RFC 4180) for `csv`. `digits` is how many digits behind the second the times show.
 */
export function lineOf(columns: readonly Column[], format: LineFormat, digits: number): string {
  return `encode(concat(${format === 'csv' ? csvParts(columns, digits) : jsonParts(columns, format, digits)}))`;
}

function jsonParts(columns: readonly Column[], format: LineFormat, digits: number): string {
  const parts = columns.flatMap((column, index) => [
    literal(`${index === 0 ? '{' : ','}${JSON.stringify(column.name)}:`),
    column.nullable ? `coalesce(${jsonValue(column, digits)}, 'null')` : jsonValue(column, digits),
  ]);
  return [...parts, format === 'ndjson' ? "'}\n'" : "'}'"].join(', ');
}

function jsonValue(column: Column, digits: number): string {
  if (column.type === 'time') return `'"' || ${timeText(column, digits)} || '"'`;
  return isText(column) ? `CAST(to_json(${identifier(column.name)}) AS VARCHAR)` : plain(column);
}

export function csvHeader(columns: readonly Column[]): string {
  return `${columns.map((column) => column.name).join(',')}\r\n`;
}

function csvParts(columns: readonly Column[], digits: number): string {
  const values = columns.map((column) => csvValue(column, digits)); // concat takes NULL for nothing
  return `${values.join(", ',', ")}, '\r\n'`;
}

/** A spreadsheet takes a text that begins like this for a formula and would run it; an apostrophe keeps it a text. */
const FORMULA = literal('^[=+\\-@\\t\\r]');

function csvValue(column: Column, digits: number): string {
  if (column.type === 'time') return timeText(column, digits);
  if (!isText(column)) return plain(column);
  const name = identifier(column.name);
  const safe = `CASE WHEN regexp_matches(${name}, ${FORMULA}) THEN concat('''', ${name}) ELSE ${name} END`;
  const quoted = `concat('"', replace(${safe}, '"', '""'), '"')`;
  return `CASE WHEN regexp_matches(${name}, '[",\r\n]') THEN ${quoted} ELSE ${safe} END`;
}

/** RFC 3339. The zone is added behind: a letter after `%n` in strftime would overwrite digits of a TIMESTAMP_NS. */
function timeText(column: Column, digits: number): string {
  return `strftime(${identifier(column.name)}, '%Y-%m-%dT%H:%M:%S.${digits === 9 ? '%n' : '%f'}') || 'Z'`;
}

function plain(column: Column): string {
  return `CAST(${identifier(column.name)} AS VARCHAR)`;
}

/** The lines in the first column of a chunk, at most `limit` of them. */
export function linesIn(chunk: DuckDBDataChunk, limit = chunk.rowCount): Uint8Array[] {
  const vector = chunk.getColumnVector(0) as DuckDBBlobVector;
  const lines: Uint8Array[] = [];
  for (let at = 0; at < Math.min(limit, chunk.rowCount); at++) lines.push(vector.getItemBytes(at)!);
  return lines;
}
