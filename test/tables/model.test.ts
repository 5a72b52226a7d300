/** Random queries on random rows: the pages must be what a plain filter and sort in JavaScript give. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Column, TABLES, type TableRow } from '../../src/contract/tables.ts';
import { parseTime } from '../../src/tables/values.ts';
import { type Bench, openBench, randomFrom, randomRow } from './samples.ts';

const COLUMNS = TABLES.sessions;
const ROWS = Array.from({ length: 700 }, (_, seed) => randomRow('sessions', randomFrom(seed)));

let bench: Bench;
let file: string;
before(async () => {
  bench = await openBench();
  file = await bench.write('sessions', ROWS);
});
after(() => bench.close());

interface Condition {
  column: Column;
  operator: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte';
  value: TableRow[string];
}

const condition: fc.Arbitrary<Condition> = fc
  .record({ column: fc.constantFrom(...COLUMNS), row: fc.constantFrom(...ROWS), pick: fc.nat() })
  .map(({ column, row, pick }) => {
    const value = row[column.name]!;
    const ordered = ['integer', 'number', 'time'].includes(column.type) && value !== null;
    const operators = ordered ? (['eq', 'ne', 'gt', 'gte', 'lt', 'lte'] as const) : (['eq', 'ne'] as const);
    return { column, operator: operators[pick % operators.length]!, value };
  });

const query = fc.record({
  conditions: fc.array(condition, { maxLength: 3 }),
  sort: fc.option(fc.record({ column: fc.constantFrom(...COLUMNS), descending: fc.boolean() })),
  limit: fc.integer({ min: 40, max: 400 }),
});

describe('pages of random queries', () => {
  it('are those of a plain filter and sort', async () => {
    const property = fc.asyncProperty(query, async ({ conditions, sort, limit }) => {
      const fields = conditions.map(({ column, operator, value }): [string, string] => [
        operator === 'eq' ? column.name : `${column.name}.${operator}`,
        String(value),
      ]);
      if (sort !== null) fields.push(['sort', `${sort.descending ? '-' : ''}${sort.column.name}`]);
      fields.push(['limit', String(limit)]);
      assert.deepEqual(await walk(new URLSearchParams(fields).toString()), expected(conditions, sort));
    });
    await fc.assert(property, { numRuns: 40 });
  });
});

async function walk(text: string): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await bench.page(file, 'sessions', cursor === '' ? text : `${text}&cursor=${cursor}`);
    rows.push(...page.rows);
    cursor = page.nextCursor;
  }
  return rows;
}

function expected(conditions: Condition[], sort: { column: Column; descending: boolean } | null): TableRow[] {
  const kept = ROWS.filter((row) => holds(row, conditions));
  if (sort === null) return kept;
  const { name } = sort.column;
  return kept.toSorted((a, b) => {
    const [left, right] = [a[name]!, b[name]!];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return compare(sort.column, left, right) * (sort.descending ? -1 : 1);
  });
}

function holds(row: TableRow, conditions: Condition[]): boolean {
  const equalities = conditions.filter((each) => each.operator === 'eq');
  const others = conditions.filter((each) => each.operator !== 'eq');
  return (
    others.every((each) => holdsOne(row, each)) &&
    equalities.every(({ column }) => equalities.some((each) => each.column === column && holdsOne(row, each)))
  );
}

function holdsOne(row: TableRow, { column, operator, value }: Condition): boolean {
  const cell = row[column.name]!;
  if (operator === 'eq') return cell === value;
  if (operator === 'ne') return cell !== value;
  if (cell === null || value === null) return false;
  const order = compare(column, cell, value);
  return { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[operator];
}

function compare(column: Column, a: NonNullable<TableRow[string]>, b: NonNullable<TableRow[string]>): number {
  if (column.type !== 'time') return a < b ? -1 : a > b ? 1 : 0;
  return Number(parseTime(a as string)! - parseTime(b as string)!);
}
