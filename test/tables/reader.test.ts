import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { TABLE_NAMES, TABLES, type TableRow } from '../../src/contract/tables.ts';
import { type Bench, openBench, randomFrom, randomRow } from './samples.ts';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.close());

describe('a table that was written', () => {
  it('comes back as it was, for every table and every type', async () => {
    for (const table of TABLE_NAMES) {
      const rows = Array.from({ length: 5000 }, (_, seed) => randomRow(table, randomFrom(seed)));
      const file = await bench.write(table, rows);
      const page = await bench.page(file, table, 'limit=10000');
      assert.deepEqual(page, { rows, nextCursor: null });
    }
  });

  it('has no page behind its last row', async () => {
    const rows = [1, 2, 3].map((seed) => randomRow('ports', randomFrom(seed)));
    const file = await bench.write('ports', rows);
    assert.deepEqual(await bench.page(file, 'ports', 'limit=3'), { rows, nextCursor: null });
    const first = await bench.page(file, 'ports', 'limit=2');
    const second = await bench.page(file, 'ports', `limit=2&cursor=${first.nextCursor}`);
    assert.deepEqual([first.rows, second], [rows.slice(0, 2), { rows: rows.slice(2), nextCursor: null }]);
    const rest = await bench.ask(file, 'ports', `cursor=${first.nextCursor}`, 'parquet');
    await writeFile(file, rest.body);
    assert.deepEqual((await bench.page(file, 'ports', '')).rows, rows.slice(2));
  });

  it('leaves nothing but the file behind', async () => {
    await bench.write('ports', []);
    assert.deepEqual(
      (await readdir(bench.folder)).filter((name) => name.startsWith('.')),
      [],
    );
  });

  it('may be empty', async () => {
    const file = await bench.write('reuses', []);
    assert.deepEqual(await bench.page(file, 'reuses', 'sort=-time'), { rows: [], nextCursor: null });
    assert.equal((await bench.ask(file, 'reuses', '', 'ndjson')).body.toString(), '');
    assert.equal((await bench.ask(file, 'reuses', '', 'csv')).body.toString().split('\r\n').length, 2);
  });
});

describe('100,000 rows', () => {
  const SIZE = 100_000;
  let rows: TableRow[];
  let file: string;
  before(async () => {
    const random = randomFrom(42);
    rows = Array.from({ length: SIZE }, (_, index) => ({ ...randomRow('sessions', random), firstFrame: index }));
    file = await bench.write('sessions', rows);
  });

  for (const sort of [null, '-start', 'closedBy', '-gapSeconds', 'gapSeconds']) {
    it(`are walked without a gap or a repeat, sorted by ${sort ?? 'nothing'}`, async () => {
      const frames: number[] = [];
      const sorted: TableRow[string][] = [];
      const query = sort === null ? 'limit=10000' : `limit=10000&sort=${sort}`;
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page = await bench.page(file, 'sessions', cursor === '' ? query : `${query}&cursor=${cursor}`);
        for (const row of page.rows) {
          frames.push(row.firstFrame as number);
          sorted.push(row[sort?.replace('-', '') ?? 'firstFrame']!);
        }
        cursor = page.nextCursor;
      }
      assert.equal(frames.length, SIZE);
      assert.equal(new Set(frames).size, SIZE);
      assertOrdered(sorted, sort?.startsWith('-') ?? false);
    });
  }

  it('stream whole in every format, in the order of the file', async () => {
    const ndjson = (await bench.ask(file, 'sessions', '', 'ndjson')).body.toString().trimEnd().split('\n');
    assert.deepEqual(
      ndjson.map((line) => JSON.parse(line)),
      rows,
    );
    const csv = (await bench.ask(file, 'sessions', '', 'csv')).body.toString().split('\r\n');
    assert.equal(csv[0], TABLES.sessions.map((column) => column.name).join(','));
    assert.equal(csv.length, SIZE + 2);
    const last = Object.values(rows.at(-1)!).map((cell) => (cell === null ? '' : String(cell)));
    assert.equal(csv.at(-2), last.join(','));
    const parquet = (await bench.ask(file, 'sessions', '', 'parquet')).body;
    assert.ok(parquet.equals(await readFile(file)));
  });

  it('stream filtered and sorted', async () => {
    const query = 'state=open&state=closed&sort=-start';
    const lines = (await bench.ask(file, 'sessions', query, 'ndjson')).body.toString().trimEnd().split('\n');
    const wanted = rows.filter((row) => row.state === 'open' || row.state === 'closed');
    assert.equal(lines.length, wanted.length);
    assertOrdered(
      lines.map((line) => JSON.parse(line).start),
      true,
    );
  });

  it('page in every format with the next page in the cursor', async () => {
    const query = 'sort=-gapSeconds&limit=250&outcome=established';
    const first = await bench.page(file, 'sessions', query);
    const second = await bench.page(file, 'sessions', `${query}&cursor=${first.nextCursor}`);
    const ndjson = await bench.ask(file, 'sessions', `${query}&cursor=${first.nextCursor}`, 'ndjson');
    assert.equal(ndjson.next, second.nextCursor);
    assert.deepEqual(
      ndjson.body
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
      second.rows,
    );
    const csv = await bench.ask(file, 'sessions', query, 'csv');
    assert.equal(csv.next, first.nextCursor);
    assert.equal(csv.body.toString().split('\r\n').length, 252);
    const parquet = await bench.ask(file, 'sessions', query, 'parquet');
    assert.equal(parquet.next, first.nextCursor);
    const copy = await bench.write('sessions', []);
    await writeFile(copy, parquet.body);
    assert.deepEqual((await bench.page(copy, 'sessions', 'limit=10000')).rows, first.rows);
    file = await bench.write('sessions', rows);
  });

  it('give a place back when a download is broken off, and hold up no page meanwhile', async () => {
    const narrow = await openBench(1);
    const path = await narrow.write('sessions', rows);
    const { parseTableQuery } = await import('../../src/tables/query.ts');
    for (let round = 0; round < 3; round++) {
      const { body } = await narrow.reader.read(path, parseTableQuery('sessions', [], 'ndjson'));
      assert.ok(body instanceof Readable);
      if (round > 0) await new Promise((resolve) => body.once('readable', resolve));
      assert.equal((await narrow.page(path, 'sessions', 'limit=1')).rows.length, 1);
      body.destroy();
    }
    await narrow.close();
  });

  it('are read by many at once, each with its own answer', async () => {
    const asked = Array.from({ length: 20 }, (_, index) => `firstFrame=${index * 4999}`);
    const pages = await Promise.all(asked.map((query) => bench.page(file, 'sessions', query)));
    assert.deepEqual(
      pages.map((page) => page.rows),
      asked.map((_, index) => [rows[index * 4999]]),
    );
  });

  it('leave no temporary file behind', async () => {
    await bench.ask(file, 'sessions', 'state=open', 'parquet');
    assert.deepEqual(await readdir(join(bench.folder, 'temporary')), []);
  });
});

describe('what cannot be read', () => {
  it('is table-unreadable: no file, no Parquet, a folder that is not ours', async () => {
    const damaged = join(bench.folder, 'damaged.parquet');
    await writeFile(damaged, 'PAR1 and then nothing that makes sense');
    for (const path of [join(bench.folder, 'none.parquet'), damaged, '/etc/passwd']) {
      for (const format of ['json', 'csv'] as const) {
        await assert.rejects(bench.ask(path, 'ports', '', format), { code: 'table-unreadable' });
      }
    }
    const file = await bench.write('ports', [randomRow('ports', randomFrom(1))]);
    assert.equal((await bench.page(file, 'ports', '')).rows.length, 1);
  });
});

/** Nulls last in both directions. */
function assertOrdered(values: readonly TableRow[string][], descending: boolean): void {
  for (let at = 1; at < values.length; at++) {
    const [before, behind] = [values[at - 1]!, values[at]!];
    if (before === null) assert.equal(behind, null, `a value behind null at ${at}`);
    else if (behind !== null) assert.ok(descending ? before >= behind : before <= behind, `order broken at ${at}`);
  }
}
