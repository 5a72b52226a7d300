import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TableRow } from '../../src/contract/tables.ts';
import { openDuckDb, withConnection } from '../../src/tables/duckdb.ts';
import { type Bench, openBench, randomFrom, randomRow } from './samples.ts';

let bench: Bench;
let file: string;
const row = (client: string): TableRow => ({ ...randomRow('sessions', randomFrom(7)), client });

before(async () => {
  bench = await openBench();
  file = await bench.write('sessions', [row('10.0.0.1')]);
});
after(() => bench.close());

const INJECTIONS = [
  "' OR 1=1 --",
  "1); COPY (SELECT 42) TO '/tmp/pwned.csv'; --",
  "\" FROM read_csv('/etc/passwd') --",
  '1 UNION SELECT 1',
  "x'; SET enable_external_access=true; --",
  '$1',
  '\u0000',
];

describe('text that tries to be SQL', () => {
  it('is refused wherever it stands', async () => {
    for (const text of INJECTIONS) {
      for (const place of [
        'client',
        'localPort',
        'state',
        'gapSeconds',
        'start',
        'midstream',
        'sort',
        'limit',
        'cursor',
      ]) {
        const query = new URLSearchParams([[place, text]]).toString();
        await assert.rejects(bench.ask(file, 'sessions', query), { name: 'PortledgerError' }, query);
      }
      const asName = new URLSearchParams([[text, '1']]).toString();
      await assert.rejects(bench.ask(file, 'sessions', asName), { code: 'column-unknown' });
    }
    assert.equal(existsSync('/tmp/pwned.csv'), false);
    assert.equal((await bench.page(file, 'sessions', '')).rows.length, 1);
  });

  it('in a forged cursor is a value that is compared, nothing else', async () => {
    const { encodeCursor } = await import('../../src/tables/cursor.ts');
    const { parseTableQuery } = await import('../../src/tables/query.ts');
    const { fingerprint } = parseTableQuery('sessions', [['sort', 'client']], 'json');
    for (const value of INJECTIONS) {
      const cursor = encodeCursor(fingerprint, { row: 0, value });
      const page = await bench.page(file, 'sessions', `sort=client&cursor=${cursor}`);
      assert.deepEqual(page.rows.length, '10.0.0.1' > value ? 1 : 0, value);
    }
  });
});

describe('DuckDB', () => {
  it('touches its folders and nothing else, loads nothing and keeps its settings', async () => {
    const outside = join(bench.folder, '..', `outside-${process.pid}.csv`);
    const instance = await openDuckDb(
      { folders: [bench.folder], spill: join(bench.folder, 'spill') },
      { memoryBytes: 100e6, threads: 1 },
    );
    await withConnection(instance, async (connection) => {
      for (const sql of [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/proc/self/environ')",
        "SELECT * FROM glob('/*')",
        `COPY (SELECT 1) TO '${outside}'`,
        `COPY (SELECT 1) TO '${bench.folder}/../outside-${process.pid}.csv'`,
        "ATTACH '/tmp/other.db'",
        'INSTALL httpfs',
        'LOAD httpfs',
        "SET memory_limit = '10GB'",
        'SET enable_external_access = true',
        'RESET lock_configuration',
        "SELECT * FROM read_csv('https://127.0.0.1/x.csv')",
      ]) {
        await assert.rejects(connection.run(sql), sql);
      }
      await connection.run(`SELECT * FROM read_parquet('${file.replaceAll("'", "''")}')`);
    });
    instance.closeSync();
    assert.equal(existsSync(outside), false);
  });
});

describe('texts with everything in them', () => {
  const TEXTS = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\tx',
    '\rx',
    'a,b',
    'a"b',
    'a\r\nb',
    '="a",b',
    "it's",
    'ü€😀',
    'back\\slash',
    '\\x41',
    '<b>',
    'a\u0001b',
  ];
  before(async () => {
    file = await bench.write('sessions', TEXTS.map(row));
  });

  it('come back through JSON as they are', async () => {
    const { rows } = await bench.page(file, 'sessions', '');
    assert.deepEqual(
      rows.map((each) => each.client),
      TEXTS,
    );
  });

  it('are quoted in CSV as RFC 4180 says, and no cell can begin a formula', async () => {
    const { body } = await bench.ask(file, 'sessions', '', 'csv');
    const records = parseCsv(body.toString()).slice(1);
    assert.deepEqual(
      records.map((record) => record[0]),
      TEXTS.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)),
    );
    assert.ok(records.every((record) => record.length === Object.keys(row('')).length));
  });

  it('keep a folder with a quote in its name harmless', async () => {
    const quoted = join(bench.folder, "it's *a* [folder]");
    await import('node:fs/promises').then((fs) => fs.mkdir(quoted));
    const { body } = await bench.ask(file, 'sessions', '', 'parquet');
    await writeFile(join(quoted, 'sessions.parquet'), body);
    assert.equal((await bench.page(join(quoted, 'sessions.parquet'), 'sessions', '')).rows.length, TEXTS.length);
  });
});

/** RFC 4180, straight from its grammar. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let match = field.exec(text); match !== null; match = field.exec(text)) {
    record.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === '\r\n') {
      records.push(record);
      record = [];
    }
  }
  return records;
}
