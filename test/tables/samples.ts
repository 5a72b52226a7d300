/** Tables of made-up rows for the tests: written through the real writer, and kept as plain rows to compare with. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Column, isText, TABLES, type TableName, type TableRow } from '../../src/contract/tables.ts';
import { parseTableQuery } from '../../src/tables/query.ts';
import { TableReader } from '../../src/tables/reader.ts';
import { parseTime } from '../../src/tables/values.ts';
import { type Batch, type TableSource, writeSources } from '../../src/tables/write.ts';

export const BASE_SECONDS = 1_767_225_600;

/** Deterministic numbers below `below`. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A random row of the table: few distinct values, so that ties are plenty, and null wherever the contract has it. */
export function randomRow(table: TableName, random: (below: number) => number): TableRow {
  return Object.fromEntries(TABLES[table].map((column) => [column.name, randomCell(column, random)]));
}

function randomCell(column: Column, random: (below: number) => number): TableRow[string] {
  if (column.nullable && random(4) === 0) return null;
  switch (column.type) {
    case 'integer':
      return random(3) === 0 ? 4_294_967_295 - random(3) : random(50);
    case 'number':
      return random(40) / 8 - 1;
    case 'boolean':
      return random(2) === 1;
    case 'time':
      return `2026-01-01T00:00:0${random(3)}.12345${random(10)}789Z`;
    case 'enum':
      return column.values![random(column.values!.length)]!;
    default:
      return random(2) === 0 ? `10.0.0.${random(12)}` : `2001:db8::${(1 + random(12)).toString(16)}`;
  }
}

/** The rows as the writer takes them. */
export function sourceOf(table: TableName, rows: readonly TableRow[]): TableSource {
  const texts: Record<string, string[]> = {};
  const columns: Record<string, Float64Array> = {};
  for (const column of TABLES[table]) {
    const cells = rows.map((row) => row[column.name]!);
    const values = column.values ?? [...new Set(cells.map(String))];
    if (isText(column) && column.values === undefined) texts[column.name] = [...values];
    const codes = new Map<unknown, number>(values.map((value, code) => [value, code + Number(column.nullable)]));
    codes.set(null, 0);
    columns[column.name] = Float64Array.from(cells, (cell) =>
      isText(column) ? codes.get(cell)! : numberOf(column, cell),
    );
  }
  return { texts, batches: batchesOf(rows.length, columns) };
}

/** More than one batch, none of a whole number of chunks. */
function* batchesOf(rows: number, columns: Record<string, Float64Array>): Generator<Batch> {
  const SIZE = 5000;
  for (let from = 0; from < rows; from += SIZE) {
    const to = Math.min(from + SIZE, rows);
    const slices = Object.entries(columns).map(([name, column]) => [name, column.subarray(from, to)]);
    yield { rows: to - from, columns: Object.fromEntries(slices) };
  }
}

function numberOf(column: Column, cell: TableRow[string]): number {
  if (cell === null) return Number.NaN;
  const base = BigInt(BASE_SECONDS) * 1_000_000_000n;
  return column.type === 'time' ? Number(parseTime(cell as string)! - base) : Number(cell);
}

export interface Bench {
  readonly folder: string;
  readonly reader: TableReader;
  write(table: TableName, rows: readonly TableRow[]): Promise<string>;
  /** The body of an answer as bytes, and its cursor. */
  ask(file: string, table: TableName, query: string, format?: Format): Promise<{ body: Buffer; next: string | null }>;
  page(file: string, table: TableName, query: string): Promise<{ rows: TableRow[]; nextCursor: string | null }>;
  close(): Promise<void>;
}
type Format = 'json' | 'ndjson' | 'csv' | 'parquet';

export async function openBench(concurrent = 2): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'tables [test] '));
  const temporaryFolder = join(folder, 'temporary');
  const reader = new TableReader({ folders: [folder], temporaryFolder, memoryBytes: 256e6, threads: 2, concurrent });
  const ask: Bench['ask'] = async (file, table, query, format = 'json') => {
    const { body, nextCursor } = await reader.read(file, parseTableQuery(table, new URLSearchParams(query), format));
    return { body: body instanceof Readable ? await buffer(body) : body, next: nextCursor };
  };
  return {
    folder,
    reader,
    ask,
    write: async (table, rows) => {
      await writeSources(folder, { [table]: sourceOf(table, rows) }, { baseSeconds: BASE_SECONDS, digits: 9 });
      return join(folder, `${table}.parquet`);
    },
    page: async (file, table, query) => JSON.parse((await ask(file, table, query)).body.toString()),
    close: async () => {
      await reader.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
