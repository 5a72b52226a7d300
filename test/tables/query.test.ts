import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCursor, encodeCursor } from '../../src/tables/cursor.ts';
import { parseTableQuery } from '../../src/tables/query.ts';
import { parseTime } from '../../src/tables/values.ts';

const parse = (query: string, table: 'sessions' | 'windows' = 'sessions', scope = '') =>
  parseTableQuery(table, new URLSearchParams(query), 'json', scope);
const refused = (query: string, code: string) => assert.throws(() => parse(query), { code }, query);

describe('a table query', () => {
  it('knows every filter form', () => {
    const { filters, sort, limit } = parse(
      'localPort.gte=49152&localPort.lt=65536&closedBy=null&closedBy.ne=client&gapSeconds.lte=1.5e1&sort=-start&limit=7',
    );
    assert.deepEqual(
      filters.map(({ column, operator, value }) => [column.name, operator, value]),
      [
        ['localPort', 'gte', 49152],
        ['localPort', 'lt', 65536],
        ['closedBy', 'eq', null],
        ['closedBy', 'ne', 'client'],
        ['gapSeconds', 'lte', 15],
      ],
    );
    assert.deepEqual([sort?.column.name, sort?.descending, limit], ['start', true, 7]);
  });

  it('shows 100 rows of JSON by default, and all of the other formats', () => {
    assert.equal(parse('').limit, 100);
    assert.equal(parseTableQuery('ports', [], 'csv').limit, null);
    assert.equal(parseTableQuery('ports', [['limit', '10000']], 'csv').limit, 10_000);
  });

  it('finds an address in every spelling', () => {
    assert.equal(parse('client=2001:DB8:0:0::0001').filters[0]?.value, '2001:db8::1');
    assert.equal(parse('client=::FFFF:10.0.0.1').filters[0]?.value, '::ffff:10.0.0.1');
    assert.equal(parse('client=10.0.0.1').filters[0]?.value, '10.0.0.1');
  });

  it('refuses what the table does not have', () => {
    refused('nothing=1', 'column-unknown');
    refused('=1', 'column-unknown');
    refused('__proto__=1', 'column-unknown');
    refused('sort=nothing', 'sort-invalid');
    refused('sort=--start', 'sort-invalid');
    refused('sort=start,client', 'sort-invalid');
    refused('sort=', 'sort-invalid');
  });

  it('refuses operators and values that a column cannot have', () => {
    for (const query of [
      'localPort.like=1',
      'localPort.constructor=1',
      'localPort.gte.lt=1',
      'localPort=',
      'localPort=1.5',
      'localPort=0x50',
      'localPort=null',
      'localPort=12345678901234567890',
      'gapSeconds=NaN',
      'gapSeconds=Infinity',
      'gapSeconds=1e999',
      'gapSeconds.gte=null',
      'state=opened',
      'state.gte=open',
      'midstream=1',
      'midstream.lt=true',
      'client=10.0.0',
      'client=fe80::1%eth0',
      'client.lt=10.0.0.1',
      'start=yesterday',
      'start=2026-02-30T00:00:00Z',
      'start=2026-01-01T24:00:00Z',
      'start=2026-01-01T00:00:00',
      'start=2026-01-01T00:00:00.1234567890Z',
      'start=9999-01-01T00:00:00Z',
      'sort=start&sort=end',
    ]) {
      refused(query, 'filter-invalid');
    }
  });

  it('refuses limits that are not 1 to 10,000', () => {
    for (const limit of ['0', '-1', '10001', '1.5', '1e3', '', ' 5', 'all']) {
      assert.throws(() => parseTableQuery('ports', [['limit', limit]], 'csv'), { code: 'limit-invalid' });
    }
  });

  it('says what would have been right', () => {
    assert.throws(() => parse('localport=1'), /no column of sessions; its columns are client, localPort/);
    assert.throws(() => parse('state=opened'), /syn-sent, refused/);
    assert.throws(() => parse('limit=20000'), /20000.*1 to 10000/);
  });
});

describe('a time', () => {
  it('is read to the nanosecond, in every zone', () => {
    assert.equal(parseTime('1970-01-01T00:00:00Z'), 0n);
    assert.equal(parseTime('2026-01-01T00:00:00.123456789Z'), 1767225600123456789n);
    assert.equal(parseTime('2026-01-01T02:00:00.5+02:00'), 1767225600500000000n);
    assert.equal(parseTime('2025-12-31t18:30:00-05:30'), 1767225600000000000n);
  });
});

describe('a cursor', () => {
  const { fingerprint, sort } = parse('sort=-start&state=open');
  const place = { row: 12, value: 1767225600123456789n };
  const token = encodeCursor(fingerprint, place);

  it('comes back as it was', () => {
    assert.deepEqual(decodeCursor(token, fingerprint, sort!.column), place);
    assert.deepEqual(parse(`state=open&sort=-start&limit=5&cursor=${token}`).cursor, place);
  });

  it('fits its own query only, in whatever order the filters are written', () => {
    const two = parse('state=open&client=10.0.0.1');
    const forTwo = encodeCursor(two.fingerprint, { row: 1, value: null });
    assert.equal(parse(`client=10.0.0.1&state=open&cursor=${forTwo}`).cursor?.row, 1);
    for (const other of ['sort=-start', 'sort=start&state=open', 'state=open', 'sort=-start&state=closed']) {
      refused(`${other}&cursor=${token}`, 'cursor-invalid');
    }
    assert.throws(() => parse(`sort=-start&cursor=${token}`, 'windows'), { code: 'cursor-invalid' });
    assert.throws(() => parse(`sort=-start&state=open&cursor=${token}`, 'sessions', 'job-2'), {
      code: 'cursor-invalid',
    });
  });

  const made = (parts: unknown, padding = '') => Buffer.from(JSON.stringify(parts) + padding).toString('base64url');

  it('is refused when it was altered', () => {
    for (const cursor of [
      '',
      'x',
      token.slice(0, -3),
      'A'.repeat(600),
      made(null),
      made([]),
      made([fingerprint, -1, '5']),
      made([fingerprint, 1.5, '5']),
      made([fingerprint, '1', '5']),
      made([fingerprint, 1, 5]),
      made([fingerprint, 1, '5; DROP TABLE x']),
      made([fingerprint, 1, '99999999999999999999']),
      made([fingerprint, 1, '9999999999999999999']),
      made([fingerprint, 1, '5'], ' '.repeat(400)),
      made([fingerprint, 1, { a: 1 }]),
    ]) {
      refused(`sort=-start&state=open&cursor=${cursor}`, 'cursor-invalid');
    }
  });

  it('is refused with a value that the sorted column cannot have', () => {
    for (const [sorted, can, ...cannot] of [
      ['localPort', 5, null, 1.5, '5', true],
      ['gapSeconds', 1.5, '1.5', true],
      ['midstream', true, null, 'true', 1],
      ['state', 'open', null, 5, true],
    ] as const) {
      const { fingerprint } = parse(`sort=${sorted}`);
      const query = (value: unknown) => `sort=${sorted}&cursor=${made([fingerprint, 1, value])}`;
      assert.deepEqual(parse(query(can)).cursor, { row: 1, value: can });
      for (const value of cannot) refused(query(value), 'cursor-invalid');
    }
  });
});
