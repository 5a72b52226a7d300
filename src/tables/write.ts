/** Columns in, Parquet files out. DuckDB pulls the columns chunk by chunk, so no second copy of a table exists. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBType, DuckDBVector } from '@duckdb/node-api';
import { type Column, isText, TABLES, type TableName } from '../contract/tables.ts';
import { PortledgerError } from '../errors.ts';
import { type DuckDb, type DuckDbLimits, identifier, literal, openDuckDb, withConnection } from './duckdb.ts';
import { parquetOptions } from './statement.ts';

/** DuckDB's own chunk size (STANDARD_VECTOR_SIZE). */
const CHUNK_ROWS = 2048;
const DEFAULT_LIMITS: DuckDbLimits = { memoryBytes: 512e6, threads: 2 };

export type NumberColumn = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/**
 * Rows that follow on those of the batch before. By name, every column of the contract: integers, numbers, booleans as
 * 0 and 1, times in nanoseconds since the base second, indexes of texts, indexes of an enum's values. NaN stands for
 * null; an enum that can be null counts its values from 1.
 */
export interface Batch {
  readonly rows: number;
  readonly columns: Readonly<Record<string, NumberColumn>>;
}

/** A table as the engine has it. */
export interface TableSource {
  /** By name of an address or text column: the texts that its numbers are indexes of. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  readonly batches: Iterable<Batch>;
}

export type TableSources = Readonly<Partial<Record<TableName, TableSource>>>;

/** What times are relative to, and their digits behind the second: a `Timeline` fits. */
export interface TimeBase {
  readonly baseSeconds: number;
  readonly digits: number;
}

/**
 * Writes `<table>.parquet` of every table into the folder, each under a temporary name first; either all are there at
 * the end or none is new.
 */
export async function writeSources(
  folder: string,
  tables: TableSources,
  times: TimeBase,
  limits: DuckDbLimits = DEFAULT_LIMITS,
): Promise<void> {
  const target = resolve(folder);
  const draft = join(target, `.tables-${randomUUID()}`);
  mkdirSync(draft, { recursive: true });
  try {
    const names = Object.keys(tables) as TableName[];
    await writeDrafts(draft, tables, times, limits).catch((error: unknown) => {
      throw asStorageFull(error);
    });
    for (const name of names) await rename(join(draft, `${name}.parquet`), join(target, `${name}.parquet`));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** DuckDB tells of a full disk in words alone. */
function asStorageFull(error: unknown): unknown {
  if (!/No space left on device|Disk quota exceeded|not enough space on the disk/i.test(String(error))) return error;
  return new PortledgerError('storage-full', 'the disk is full: the tables could not be written', { cause: error });
}

async function writeDrafts(draft: string, tables: TableSources, times: TimeBase, limits: DuckDbLimits): Promise<void> {
  const duckDb = await import('@duckdb/node-api');
  const instance: DuckDBInstance = await openDuckDb({ folders: [draft], spill: draft }, limits);
  try {
    for (const name of Object.keys(tables) as TableName[]) {
      await withConnection(instance, (connection) =>
        writeTable(duckDb, connection, name, tables[name]!, times, join(draft, `${name}.parquet`)),
      );
    }
  } finally {
    instance.closeSync();
  }
}

async function writeTable(
  duckDb: DuckDb,
  connection: DuckDBConnection,
  name: TableName,
  source: TableSource,
  times: TimeBase,
  file: string,
): Promise<void> {
  const columns = TABLES[name];
  registerSource(duckDb, connection, name, columns, source);
  const selected = columns.map((column) => `${converted(column, times)} AS ${identifier(column.name)}`);
  const options = parquetOptions(times.digits);
  const rows = `SELECT ${selected.join(', ')} FROM ${name}()${needed(columns, times)}`;
  await connection.run(`COPY (${rows}) TO ${literal(file)} (${options})`);
}

/** A table function of the table's name that hands out the batches in order, on one thread. */
function registerSource(
  duckDb: DuckDb,
  connection: DuckDBConnection,
  name: TableName,
  columns: readonly Column[],
  source: TableSource,
): void {
  const carriers = columns.map((column) => carrierOf(duckDb, column, source));
  const pieces = piecesOf(source.batches);
  connection.registerTableFunction(
    duckDb.DuckDBTableFunction.create({
      name,
      bindFunction: (bind) => {
        for (const carrier of carriers) bind.addResultColumn(carrier.name, carrier.type);
      },
      initFunction: (init) => init.setMaxThreads(1),
      mainFunction: (info, chunk) => {
        try {
          const piece = pieces.next();
          chunk.rowCount = piece.done ? 0 : piece.value.rows;
          if (!piece.done) fillChunk(chunk, carriers, piece.value);
        } catch (error) {
          info.setError(String(error));
        }
      },
    }),
  );
}

/** The batches, cut into what a chunk holds. */
function* piecesOf(batches: Iterable<Batch>): Generator<Batch> {
  for (const { rows, columns } of batches) {
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const to = Math.min(from + CHUNK_ROWS, rows);
      const slices = Object.entries(columns).map(([name, column]) => [name, column.subarray(from, to)]);
      yield { rows: to - from, columns: Object.fromEntries(slices) };
    }
  }
}

/** Above so many texts DuckDB takes longer to build the dictionary than to take a string a row. */
const MAX_DICTIONARY = 10_000;

/** The texts that the numbers of a column stand for; null where they go as strings, or are no texts. */
function dictionary({ name, type, nullable, values }: Column, { texts }: TableSource): readonly string[] | null {
  if (type === 'enum') return nullable ? ['', ...values!] : values!;
  const known = texts[name];
  if (known === undefined || known.length > MAX_DICTIONARY) return null;
  return known.length > 0 ? known : [''];
}

/** How a column reaches DuckDB: its type there, and what puts a piece of it into a vector. */
interface Carrier {
  readonly name: string;
  readonly type: DuckDBType;
  fill(vector: DuckDBVector, numbers: NumberColumn): void;
}

function carrierOf({ ENUM, DOUBLE, VARCHAR }: DuckDb, column: Column, source: TableSource): Carrier {
  const { name } = column;
  const texts = dictionary(column, source);
  if (texts !== null) return { name, type: ENUM(texts), fill: fillNumbers };
  if (!isText(column)) return { name, type: DOUBLE, fill: fillNumbers };
  const known = source.texts[name]!;
  return { name, type: VARCHAR, fill: (vector, numbers) => fillTexts(vector, numbers, known) };
}

/** The items of a vector of plain numbers are hidden by its declared type only. */
function fillNumbers(vector: DuckDBVector, numbers: NumberColumn): void {
  (vector as unknown as { items: Float64Array | Uint32Array }).items.set(numbers);
}

function fillTexts(vector: DuckDBVector, numbers: NumberColumn, texts: readonly string[]): void {
  for (let at = 0; at < numbers.length; at++) vector.setItem(at, texts[numbers[at]!]!);
}

function fillChunk(chunk: DuckDBDataChunk, carriers: readonly Carrier[], { columns }: Batch): void {
  for (const [index, { name, fill }] of carriers.entries()) {
    const vector = chunk.getColumnVector(index);
    fill(vector, columns[name]!);
    vector.flush();
  }
}

/** SQL that turns what the engine has into what the contract says. */
function converted(column: Column, times: TimeBase): string {
  const name = identifier(column.name);
  const present = (sql: string) => (column.nullable ? `CASE WHEN isnan(${name}) THEN NULL ELSE ${sql} END` : sql);
  switch (column.type) {
    case 'integer':
      return present(`CAST(${name} AS BIGINT)`);
    case 'number':
      return present(name);
    case 'boolean':
      return `${name} <> 0`;
    case 'time':
      return `CASE WHEN ${tellable(name, times)} THEN make_timestamp_ns(CAST(${name} AS BIGINT) + ${baseNanoseconds(times)}) END`;
    default:
      return column.nullable ? `NULLIF(CAST(${name} AS VARCHAR), '')` : `CAST(${name} AS VARCHAR)`;
  }
}

/** From the next second on, in April 2262, 64 bits of nanoseconds have no room for a time. */
const LAST_UNIX_SECOND = 9_223_372_036;

/** False for NaN, too, which DuckDB takes for the largest number of all. */
function tellable(name: string, { baseSeconds }: TimeBase): string {
  const base = Number.isNaN(baseSeconds) ? 0 : baseSeconds;
  return `${name} < CAST(${(LAST_UNIX_SECOND - base) * 1e9} AS DOUBLE)`;
}

/** Rows that need a time and have none that can be told are left out. */
function needed(columns: readonly Column[], times: TimeBase): string {
  const conditions = columns
    .filter(({ type, nullable }) => type === 'time' && !nullable)
    .map(({ name }) => tellable(identifier(name), times));
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

function baseNanoseconds({ baseSeconds }: TimeBase): string {
  return Number.isNaN(baseSeconds) ? '0' : String(BigInt(baseSeconds) * 1_000_000_000n);
}
