/** Columns in, Parquet files out. DuckDB pulls the columns chunk by chunk, so no second copy of a table exists. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBType } from '@duckdb/node-api';
import { type Column, TABLES, type TableName } from '../contract/tables.ts';
import { type DuckDb, type DuckDbLimits, identifier, literal, openDuckDb, withConnection } from './duckdb.ts';
import { parquetOptions } from './statement.ts';

/** DuckDB's own chunk size (STANDARD_VECTOR_SIZE). */
const CHUNK_ROWS = 2048;
const DEFAULT_LIMITS: DuckDbLimits = { memoryBytes: 512e6, threads: 2 };

/** Puts the values of the rows from `from` on into `out`, as many as it holds. */
export type Fill = (out: Float64Array | Uint8Array | Uint16Array | Uint32Array, from: number) => void;

/**
 * One column as the engine has it. `texts`: `fill` gives indexes into `values`, where '' stands for null.
 * `numbers`: integers, numbers, booleans as 0 and 1, and times in nanoseconds since the base second; NaN for null.
 */
export type ColumnSource =
  | { readonly kind: 'texts'; readonly values: readonly string[]; readonly fill: Fill }
  | { readonly kind: 'numbers'; readonly fill: Fill };

export interface TableSource {
  readonly rows: number;
  /** By column name: every column that the contract has. */
  readonly columns: Readonly<Record<string, ColumnSource>>;
}

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
  tables: Readonly<Partial<Record<TableName, TableSource>>>,
  times: TimeBase,
  limits: DuckDbLimits = DEFAULT_LIMITS,
): Promise<void> {
  const target = resolve(folder);
  const draft = join(target, `.tables-${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  try {
    const names = Object.keys(tables) as TableName[];
    await writeDrafts(draft, tables, times, limits);
    for (const name of names) await rename(join(draft, `${name}.parquet`), join(target, `${name}.parquet`));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function writeDrafts(
  draft: string,
  tables: Readonly<Partial<Record<TableName, TableSource>>>,
  times: TimeBase,
  limits: DuckDbLimits,
): Promise<void> {
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
  await connection.run(`COPY (SELECT ${selected.join(', ')} FROM ${name}()) TO ${literal(file)} (${options})`);
}

/** A table function of the table's name that hands out the columns in order, on one thread. */
function registerSource(
  duckDb: DuckDb,
  connection: DuckDBConnection,
  name: TableName,
  columns: readonly Column[],
  source: TableSource,
): void {
  const sources = columns.map((column) => source.columns[column.name]!);
  let at = 0;
  connection.registerTableFunction(
    duckDb.DuckDBTableFunction.create({
      name,
      bindFunction: (bind) => {
        for (const [index, column] of columns.entries()) {
          bind.addResultColumn(column.name, sourceType(duckDb, sources[index]!));
        }
        bind.setCardinality(source.rows, true);
      },
      initFunction: (init) => {
        init.setMaxThreads(1);
        at = 0;
      },
      mainFunction: (_info, chunk) => {
        const rows = Math.min(CHUNK_ROWS, source.rows - at);
        chunk.rowCount = rows;
        if (rows > 0) fillChunk(chunk, sources, at);
        at += rows;
      },
    }),
  );
}

function fillChunk(chunk: DuckDBDataChunk, sources: readonly ColumnSource[], from: number): void {
  for (const [index, source] of sources.entries()) {
    const vector = chunk.getColumnVector(index);
    source.fill((vector as unknown as { items: Float64Array }).items, from);
    vector.flush();
  }
}

function sourceType({ ENUM, DOUBLE }: DuckDb, source: ColumnSource): DuckDBType {
  if (source.kind === 'numbers') return DOUBLE;
  return ENUM(source.values.length > 0 ? source.values : ['']);
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
      return present(`make_timestamp_ns(CAST(${name} AS BIGINT) + ${baseNanoseconds(times)})`);
    default:
      return column.nullable ? `NULLIF(CAST(${name} AS VARCHAR), '')` : `CAST(${name} AS VARCHAR)`;
  }
}

function baseNanoseconds({ baseSeconds }: TimeBase): string {
  return Number.isNaN(baseSeconds) ? '0' : String(BigInt(baseSeconds) * 1_000_000_000n);
}
