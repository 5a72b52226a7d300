/** What a client asks of a table, from its query fields; everything is checked here, before any file is opened. */
import { createHash } from 'node:crypto';
import { type Column, TABLES, type TableFormat, type TableName } from '../contract/tables.ts';
import { PortledgerError } from '../errors.ts';
import { type Cursor, decodeCursor } from './cursor.ts';
import { parseValue, type Value } from './values.ts';

export const MAX_LIMIT = 10_000;
const DEFAULT_LIMIT = 100;
const CONTROLS: ReadonlySet<string> = new Set(['sort', 'limit', 'cursor', 'format']);

export const OPERATORS = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
export type Operator = keyof typeof OPERATORS;

/** `value` null means the absence of a value; only `eq` and `ne` have it. */
export interface Filter {
  readonly column: Column;
  readonly operator: Operator;
  readonly value: Value | null;
}

export interface Sort {
  readonly column: Column;
  readonly descending: boolean;
}

export interface TableQuery {
  readonly table: TableName;
  readonly format: TableFormat;
  readonly filters: readonly Filter[];
  /** Null: the order in which the rows were written. Rows of equal value always keep that order; null comes last. */
  readonly sort: Sort | null;
  /** Null: the whole table (not for JSON). */
  readonly limit: number | null;
  readonly cursor: Cursor | null;
  /** What a cursor of this query must carry. */
  readonly fingerprint: string;
}

/**
 * Reads query fields: `column=v`, `column.gte=v` (`ne gt gte lt lte`), `sort=-column`, `limit`, `cursor`; `format` is
 * skipped. `column=null` asks for rows without a value. The same `column=` twice means either; other filters all hold.
 * `scope` names what the rows belong to, such as the job: a cursor of another scope is refused.
 * Throws `column-unknown`, `filter-invalid`, `sort-invalid`, `limit-invalid`, `cursor-invalid`.
 */
export function parseTableQuery(
  table: TableName,
  fields: Iterable<readonly [string, string]>,
  format: TableFormat,
  scope = '',
): TableQuery {
  const controls = new Map<string, string>();
  const filters: Filter[] = [];
  for (const [name, text] of fields) {
    if (!CONTROLS.has(name)) filters.push(parseFilter(table, name, text));
    else if (controls.has(name)) throw new PortledgerError('filter-invalid', `"${name}" is given twice`);
    else controls.set(name, text);
  }
  const sort = parseSort(table, controls.get('sort'));
  const fingerprint = fingerprintOf(scope, table, filters, sort);
  const token = controls.get('cursor');
  return {
    table,
    format,
    filters,
    sort,
    limit: parseLimit(controls.get('limit'), format),
    cursor: token === undefined ? null : decodeCursor(token, fingerprint, sort?.column ?? null),
    fingerprint,
  };
}

function parseFilter(table: TableName, name: string, text: string): Filter {
  const [columnName = '', suffix = 'eq', ...rest] = name.split('.');
  const column = columnOf(table, columnName, 'column-unknown');
  if (rest.length > 0 || !isOperator(suffix)) {
    throw new PortledgerError(
      'filter-invalid',
      `"${shortened(name)}": the operators are ${Object.keys(OPERATORS).join(', ')}`,
    );
  }
  if (suffix !== 'eq' && suffix !== 'ne') checkOrdered(column, name);
  if (text === 'null' && column.nullable && (suffix === 'eq' || suffix === 'ne')) {
    return { column, operator: suffix, value: null };
  }
  return { column, operator: suffix, value: parseValue(column, text) };
}

function isOperator(suffix: string): suffix is Operator {
  return Object.hasOwn(OPERATORS, suffix);
}

/** Texts have an order for sorting; as bounds they would put 10.0.0.9 above 10.0.0.10, which nobody means. */
function checkOrdered(column: Column, name: string): void {
  if (column.type === 'integer' || column.type === 'number' || column.type === 'time') return;
  throw new PortledgerError(
    'filter-invalid',
    `"${name}": the column is of type ${column.type}, which can be compared by = and .ne only`,
  );
}

function parseSort(table: TableName, text: string | undefined): Sort | null {
  if (text === undefined) return null;
  const descending = text.startsWith('-');
  return { column: columnOf(table, descending ? text.slice(1) : text, 'sort-invalid'), descending };
}

function columnOf(table: TableName, name: string, code: 'column-unknown' | 'sort-invalid'): Column {
  const columns = TABLES[table];
  const found = columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const known = columns.map((column) => column.name).join(', ');
  throw new PortledgerError(code, `"${shortened(name)}" is no column of ${table}; its columns are ${known}`);
}

function parseLimit(text: string | undefined, format: TableFormat): number | null {
  if (text === undefined) return format === 'json' ? DEFAULT_LIMIT : null;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new PortledgerError('limit-invalid', `limit is "${shortened(text)}"; it can be 1 to ${MAX_LIMIT}`);
}

function fingerprintOf(scope: string, table: TableName, filters: readonly Filter[], sort: Sort | null): string {
  const asked = filters.map(({ column, operator, value }) =>
    JSON.stringify([column.name, operator, value === null, String(value)]),
  );
  const text = JSON.stringify([scope, table, sort?.column.name, sort?.descending, asked.sort()]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
