/** Pages and whole tables from the Parquet files of a result. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import { TABLE_FORMATS, TABLES } from '../contract/tables.ts';
import { PortledgerError } from '../errors.ts';
import { type DuckDbLimits, literal, openDuckDb, withConnection } from './duckdb.ts';
import { csvHeader, type LineFormat, linesIn } from './lines.ts';
import { pageOf, readPlaces } from './page.ts';
import type { TableQuery } from './query.ts';
import { Slots } from './slots.ts';
import { copyRows, DIGITS_KEY, selectLines } from './statement.ts';

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
  readonly body: Buffer | Readable;
  /** Null where the length of a stream is not known before. */
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
      const { format, limit } = query;
      if (format === 'parquet') return await this.#parquet(file, query);
      if (limit === null) return await this.#stream(file, query, format);
      return await this.#page(file, query, format, limit);
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

  async #page(file: string, query: TableQuery, format: LineFormat, limit: number): Promise<TableAnswer> {
    const release = await this.#pages.take();
    try {
      return await withConnection(await this.#duckDb(), async (connection) => {
        const digits = await timeDigits(connection, file);
        const { body, nextCursor } = await pageOf(connection, file, query, format, { limit, digits });
        return answer(query, body, body.length, nextCursor);
      });
    } finally {
      release();
    }
  }

  async #stream(file: string, query: TableQuery, format: LineFormat): Promise<TableAnswer> {
    const release = await this.#streams.take();
    let connection: DuckDBConnection | null = null;
    const end = () => {
      connection?.closeSync();
      release();
    };
    try {
      connection = await (await this.#duckDb()).connect();
      const digits = await timeDigits(connection, file);
      const { sql, parameters } = selectLines(file, query, format, { limit: null, digits });
      return answer(query, await streamOf(await connection.stream(sql, parameters), query, end), null, null);
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
        return query.limit === null ? null : await readPlaces(connection, file, query, query.limit);
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
  body: TableAnswer['body'],
  bytes: number | null,
  nextCursor: string | null,
): TableAnswer {
  return { mediaType: TABLE_FORMATS[query.format], body, bytes, nextCursor };
}

/** The first chunk is fetched before there is a stream, so that what fails at once is an error and no broken body. */
async function streamOf(result: DuckDBResult, query: TableQuery, end: () => void): Promise<Readable> {
  const first = await result.fetchChunk();
  async function* texts() {
    if (query.format === 'csv') yield Buffer.from(csvHeader(TABLES[query.table]));
    for (let chunk = first; chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      yield Buffer.concat(linesIn(chunk));
    }
  }
  // 'close' comes also to a stream that is destroyed before its first read, where the generator never starts.
  return Readable.from(texts(), { objectMode: false }).once('close', end);
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
