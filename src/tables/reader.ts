/** Pages and whole tables from the Parquet files of a result. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import { TABLE_FORMATS, TABLES, type TableRow } from '../contract/tables.ts';
import { PortledgerError } from '../errors.ts';
import { encodeCursor } from './cursor.ts';
import { type DuckDbLimits, literal, openDuckDb, withConnection } from './duckdb.ts';
import type { TableQuery } from './query.ts';
import { csvHeader, csvLines, jsonLines, placeOf, rowsOf } from './rows.ts';
import { Slots } from './slots.ts';
import { copyRows, DIGITS_KEY, type Statement, selectPlaces, selectValues } from './statement.ts';

export interface TableReaderOptions extends DuckDbLimits {
  /** The folders that hold results; nothing else can be read. */
  readonly folders: readonly string[];
  /** A folder of its own, made when needed: spilled sorts and Parquet answers on their way out. */
  readonly temporaryFolder: string;
  /** Pages at once, and as many whole tables beside them, so that a slow download holds up no page. */
  readonly concurrent: number;
}

export interface TableAnswer {
  readonly mediaType: (typeof TABLE_FORMATS)[TableQuery['format']];
  /** A stream that is not read to its end has to be destroyed. */
  readonly body: string | Readable;
  /** Length of a stream where it is known. */
  readonly bytes: number | null;
  /** Of a query with a limit: where the next page begins, null at the end. */
  readonly nextCursor: string | null;
}

export class TableReader {
  readonly #options: TableReaderOptions;
  readonly #pages: Slots;
  readonly #streams: Slots;
  #instance: Promise<DuckDBInstance> | null = null;

  /** Loads nothing: DuckDB is opened by the first read. */
  constructor(options: TableReaderOptions) {
    this.#options = options;
    this.#pages = new Slots(options.concurrent);
    this.#streams = new Slots(options.concurrent);
  }

  /** `file` is a Parquet file that `writeTables` wrote. Throws `table-unreadable` when it cannot be read. */
  async read(file: string, query: TableQuery): Promise<TableAnswer> {
    try {
      if (query.format === 'parquet') return await this.#parquet(file, query);
      if (query.limit === null) return await this.#stream(file, query);
      return await this.#page(file, query, query.limit);
    } catch (cause) {
      if (cause instanceof PortledgerError) throw cause;
      throw new PortledgerError('table-unreadable', `The table ${query.table} cannot be read`, { cause });
    }
  }

  async close(): Promise<void> {
    const instance = await this.#instance;
    instance?.closeSync();
    await rm(this.#options.temporaryFolder, { recursive: true, force: true });
  }

  #duckDb(): Promise<DuckDBInstance> {
    this.#instance ??= this.#open().catch((error: unknown) => {
      this.#instance = null; // the next read tries again
      throw error;
    });
    return this.#instance;
  }

  async #open(): Promise<DuckDBInstance> {
    const { folders, temporaryFolder } = this.#options;
    await mkdir(temporaryFolder, { recursive: true });
    return openDuckDb({ folders, spill: temporaryFolder }, this.#options);
  }

  async #page(file: string, query: TableQuery, limit: number): Promise<TableAnswer> {
    const release = await this.#pages.take();
    try {
      return await withConnection(await this.#duckDb(), async (connection) => {
        const digits = await timeDigits(connection, file);
        const chunks = await chunksOf(connection, selectValues(file, query, limit + 1));
        const columns = TABLES[query.table];
        const sorted = query.sort === null ? null : columns.indexOf(query.sort.column);
        const nextCursor = cursorAfter(chunks, limit, query, sorted, columns.length);
        const rows = chunks.flatMap((chunk) => rowsOf(chunk, columns, digits)).slice(0, limit);
        return answer(query, pageText(query, rows, nextCursor), null, nextCursor);
      });
    } finally {
      release();
    }
  }

  async #stream(file: string, query: TableQuery): Promise<TableAnswer> {
    const release = await this.#streams.take();
    let connection: DuckDBConnection | null = null;
    const end = () => {
      connection?.closeSync();
      release();
    };
    try {
      connection = await (await this.#duckDb()).connect();
      const digits = await timeDigits(connection, file);
      const { sql, parameters } = selectValues(file, query, null);
      const result = await connection.stream(sql, parameters);
      // The first chunk is fetched here, so that what fails at once is an error and no broken body.
      const texts = textsOf(await result.fetchChunk(), result, query, digits);
      return answer(query, streamOf(texts, end), null, null);
    } catch (error) {
      end();
      throw error;
    }
  }

  async #parquet(file: string, query: TableQuery): Promise<TableAnswer> {
    const whole = query.limit === null && query.cursor === null && query.sort === null && query.filters.length === 0;
    if (whole) return answer(query, ...(await fileStream(file)), null);
    const release = await this.#pages.take();
    const target = join(this.#options.temporaryFolder, `${randomUUID()}.parquet`);
    try {
      const nextCursor = await withConnection(await this.#duckDb(), async (connection) => {
        const { sql, parameters } = copyRows(file, query, target, await timeDigits(connection, file));
        await connection.run(sql, parameters);
        if (query.limit === null) return null;
        const places = await chunksOf(connection, selectPlaces(file, query, query.limit + 1));
        return cursorAfter(places, query.limit, query, query.sort === null ? null : 0, 1);
      });
      return answer(query, ...(await fileStream(target)), nextCursor);
    } finally {
      release();
      await rm(target, { force: true }); // an open file can be read to its end
    }
  }
}

function answer(
  query: TableQuery,
  body: string | Readable,
  bytes: number | null,
  nextCursor: string | null,
): TableAnswer {
  return { mediaType: TABLE_FORMATS[query.format], body, bytes, nextCursor };
}

async function chunksOf(connection: DuckDBConnection, { sql, parameters }: Statement): Promise<DuckDBDataChunk[]> {
  const result = await connection.run(sql, parameters);
  return await result.fetchAllChunks();
}

/** The cursor of the page's last row, when the chunks hold one row more than the page. */
function cursorAfter(
  chunks: readonly DuckDBDataChunk[],
  limit: number,
  query: TableQuery,
  valueColumn: number | null,
  rowColumn: number,
): string | null {
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  if (rows <= limit) return null;
  let at = limit - 1;
  for (const chunk of chunks) {
    if (at < chunk.rowCount) return encodeCursor(query.fingerprint, placeOf(chunk, at, valueColumn, rowColumn));
    at -= chunk.rowCount;
  }
  return null;
}

function pageText(query: TableQuery, rows: TableRow[], nextCursor: string | null): string {
  if (query.format === 'json') return JSON.stringify({ rows, nextCursor });
  if (query.format === 'ndjson') return jsonLines(rows);
  const columns = TABLES[query.table];
  return csvHeader(columns) + csvLines(rows, columns);
}

async function* textsOf(first: DuckDBDataChunk | null, rest: DuckDBResult, query: TableQuery, digits: number) {
  const columns = TABLES[query.table];
  if (query.format === 'csv') yield csvHeader(columns);
  for (let chunk = first; chunk !== null && chunk.rowCount > 0; chunk = await rest.fetchChunk()) {
    const rows = rowsOf(chunk, columns, digits);
    yield query.format === 'csv' ? csvLines(rows, columns) : jsonLines(rows);
  }
}

/** `end` is called once, also for a stream that is destroyed before its first read. */
function streamOf(texts: AsyncIterable<string>, end: () => void): Readable {
  const stream = Readable.from(texts, { objectMode: false });
  stream.once('close', end);
  return stream;
}

async function fileStream(path: string): Promise<[Readable, number]> {
  const handle = await open(path);
  const { size } = await handle.stat();
  return [createReadStream('', { fd: handle, autoClose: true }), size];
}

/** Microseconds for a file of another make. */
async function timeDigits(connection: DuckDBConnection, file: string): Promise<number> {
  const sql = `SELECT CAST(value AS VARCHAR) FROM parquet_kv_metadata(${literal(file)}) WHERE key = $1::BLOB`;
  const rows = await (await connection.run(sql, [DIGITS_KEY])).getRowsJS();
  return rows[0]?.[0] === '9' ? 9 : 6;
}
