/** SQL of a query: names come from the contract only, everything a client wrote is a bound parameter. */
import { type Column, TABLES } from '../contract/tables.ts';
import { identifier, literal } from './duckdb.ts';
import { type LineFormat, lineOf } from './lines.ts';
import { type Filter, OPERATORS, type TableQuery } from './query.ts';
import type { Value } from './values.ts';

export interface Statement {
  readonly sql: string;
  readonly parameters: Value[];
}

/** DuckDB's number of a row in its Parquet file: the files are immutable, so it is the stable order of the table. */
const ROW = 'file_row_number';

/** The line of each row, then what a cursor needs of it: the sorted value and the row number. */
export function selectLines(file: string, query: TableQuery, format: LineFormat, page: Page): Statement {
  return select(file, query, page.limit, [lineOf(TABLES[query.table], format, page.digits), ...placeOf(query)]);
}

/** Sorted value and row number alone, to find where a page ends. */
export function selectPlaces(file: string, query: TableQuery, limit: number): Statement {
  return select(file, query, limit, placeOf(query));
}

/** Times come as nanoseconds and row numbers as doubles. */
function placeOf({ sort }: TableQuery): string[] {
  if (sort === null) return ['NULL AS value', `CAST(${ROW} AS DOUBLE) AS row`];
  const name = identifier(sort.column.name);
  const value = sort.column.type === 'time' ? `epoch_ns(${name})` : name;
  return [
    `${sort.column.type === 'integer' ? `CAST(${name} AS DOUBLE)` : value} AS value`,
    `CAST(${ROW} AS DOUBLE) AS row`,
  ];
}

export interface Page {
  /** Null: all rows. */
  readonly limit: number | null;
  /** Digits behind the second of the times. */
  readonly digits: number;
}

/** Writes the rows asked for to a Parquet file of the same columns. */
export function copyRows(file: string, query: TableQuery, target: string, digits: number): Statement {
  const columns = TABLES[query.table].map((column) => identifier(column.name));
  const { sql, parameters } = select(file, query, query.limit, columns);
  return { sql: `COPY (${sql}) TO ${literal(target)} (${parquetOptions(digits)})`, parameters };
}

export function parquetOptions(digits: number): string {
  return `FORMAT parquet, COMPRESSION zstd, KV_METADATA {${DIGITS_KEY}: ${literal(String(digits))}}`;
}

/** Metadata of our Parquet files: how many digits behind the second the capture's times have. */
export const DIGITS_KEY = 'time_digits';

function select(file: string, query: TableQuery, limit: number | null, columns: readonly string[]): Statement {
  const parameters: Value[] = [];
  const conditions = [...filterConditions(query.filters, parameters), ...cursorCondition(query, parameters)];
  const rows = [
    `FROM read_parquet(${literal(file)}, file_row_number = true)`,
    conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`,
    orderOf(query, limit),
    limit === null ? '' : `LIMIT ${limit}`,
  ];
  // The inner query picks the rows, the outer one keeps their order and makes texts of those alone.
  return { sql: `SELECT ${columns.join(', ')} FROM (${rows.filter((clause) => clause !== '').join(' ')})`, parameters };
}

/** A whole table in file order needs no sort: DuckDB keeps the order of insertion (`preserve_insertion_order`). */
function orderOf({ sort }: TableQuery, limit: number | null): string {
  if (sort === null) return limit === null ? '' : `ORDER BY ${ROW}`;
  return `ORDER BY ${identifier(sort.column.name)} ${sort.descending ? 'DESC' : 'ASC'} NULLS LAST, ${ROW}`;
}

/** Equalities on one column are alternatives; everything else must hold together. */
function filterConditions(filters: readonly Filter[], parameters: Value[]): string[] {
  const alternatives = new Map<string, string[]>();
  const conditions: string[] = [];
  for (const filter of filters) {
    const condition = conditionOf(filter, parameters);
    if (filter.operator !== 'eq') conditions.push(condition);
    else alternatives.set(filter.column.name, [...(alternatives.get(filter.column.name) ?? []), condition]);
  }
  return [...conditions, ...[...alternatives.values()].map((either) => `(${either.join(' OR ')})`)];
}

function conditionOf({ column, operator, value }: Filter, parameters: Value[]): string {
  const name = identifier(column.name);
  if (value === null) return `${name} IS ${operator === 'ne' ? 'NOT ' : ''}NULL`;
  const bound = bind(column, value, parameters);
  // A row without a value does differ from any value.
  return operator === 'ne' ? `${name} IS DISTINCT FROM ${bound}` : `${name} ${OPERATORS[operator]} ${bound}`;
}

/** The rows behind the cursor in an order where null is last and equal values keep the order of the file. */
function cursorCondition({ sort, cursor }: TableQuery, parameters: Value[]): string[] {
  if (cursor === null) return [];
  const later = `${ROW} > ${cursor.row}`;
  if (sort === null) return [later];
  const name = identifier(sort.column.name);
  if (cursor.value === null) return [`${name} IS NULL AND ${later}`];
  const bound = bind(sort.column, cursor.value, parameters);
  const beyond = `${name} ${sort.descending ? '<' : '>'} ${bound} OR (${name} = ${bound} AND ${later})`;
  return [`(${beyond}${sort.column.nullable ? ` OR ${name} IS NULL` : ''})`];
}

function bind(column: Column, value: Value, parameters: Value[]): string {
  parameters.push(value);
  const parameter = `$${parameters.length}`;
  switch (column.type) {
    case 'integer':
      return `CAST(${parameter} AS BIGINT)`;
    case 'number':
      return `CAST(${parameter} AS DOUBLE)`;
    case 'boolean':
      return `CAST(${parameter} AS BOOLEAN)`;
    case 'time':
      return `make_timestamp_ns(CAST(${parameter} AS BIGINT))`;
    default:
      return `CAST(${parameter} AS VARCHAR)`;
  }
}
