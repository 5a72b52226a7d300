/** One page: its text, and the cursor of the next. A page asks for one row more than it shows, to know of a next. */
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { TABLES } from '../contract/tables.ts';
import { encodeCursor } from './cursor.ts';
import { csvHeader, type LineFormat, linesIn } from './lines.ts';
import type { TableQuery } from './query.ts';
import { type Statement, selectLines, selectPlaces } from './statement.ts';
import type { Value } from './values.ts';

export async function pageOf(
  connection: DuckDBConnection,
  file: string,
  query: TableQuery,
  format: LineFormat,
  { limit, digits }: { limit: number; digits: number },
): Promise<{ body: Buffer; nextCursor: string | null }> {
  const chunks = await chunksOf(connection, selectLines(file, query, format, { limit: limit + 1, digits }));
  const lines = chunks.flatMap((chunk) => linesIn(chunk)).slice(0, limit);
  const nextCursor = cursorAfter(chunks, limit, query);
  return { body: textOf(lines, query, format, nextCursor), nextCursor };
}

/** The cursor behind `limit` rows of the query, null when there are no more. */
export async function readPlaces(
  connection: DuckDBConnection,
  file: string,
  query: TableQuery,
  limit: number,
): Promise<string | null> {
  return cursorAfter(await chunksOf(connection, selectPlaces(file, query, limit + 1)), limit, query);
}

async function chunksOf(connection: DuckDBConnection, { sql, parameters }: Statement): Promise<DuckDBDataChunk[]> {
  const result = await connection.run(sql, parameters);
  return await result.fetchAllChunks();
}

/** Value and row number are the last two columns of the chunks. */
function cursorAfter(chunks: readonly DuckDBDataChunk[], limit: number, query: TableQuery): string | null {
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  if (rows <= limit) return null;
  let at = limit - 1;
  for (const chunk of chunks) {
    if (at < chunk.rowCount) return encodeCursor(query.fingerprint, placeIn(chunk, at));
    at -= chunk.rowCount;
  }
  return null;
}

function placeIn(chunk: DuckDBDataChunk, at: number): { value: Value | null; row: number } {
  const [value, row] = [chunk.columnCount - 2, chunk.columnCount - 1].map((column) => chunk.getColumnVector(column));
  return { value: value!.getItem(at) as Value | null, row: row!.getItem(at) as number };
}

function textOf(lines: Uint8Array[], query: TableQuery, format: LineFormat, nextCursor: string | null): Buffer {
  if (format === 'ndjson') return Buffer.concat(lines);
  if (format === 'csv') return Buffer.concat([Buffer.from(csvHeader(TABLES[query.table])), ...lines]);
  const comma = Buffer.from(',');
  const rows = lines.flatMap((line, index) => (index === 0 ? [line] : [comma, line]));
  return Buffer.concat([
    Buffer.from('{"rows":['),
    ...rows,
    Buffer.from(`],"nextCursor":${JSON.stringify(nextCursor)}}`),
  ]);
}
