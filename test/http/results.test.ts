import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import request from 'supertest';
import type { TableRow } from '../../src/contract/tables.ts';
import { asBytes } from './bytes.ts';
import { type Service, startService } from './service.ts';

const REPORT = { schemaVersion: 1, summary: { code: 'no-port-problem', headline: 'ü', text: '€' } };
const TYPES = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
};

const ROWS: TableRow[] = Array.from({ length: 250 }, (_, index) => ({
  client: '10.0.0.1',
  remoteAddress: index % 2 === 0 ? '10.0.0.2' : '2001:db8::2',
  remotePort: 3200,
  localPort: 50_000 + index,
  synPackets: index % 5,
  attempts: index % 3,
  sessions: 1,
  firstUsed: '2026-01-01T00:00:00.123456789Z',
  lastUsed: null,
  minGapSeconds: index === 7 ? 0.5 : null,
  lost: index === 9,
}));

let service: Service;
let id: string;
before(async () => {
  service = await startService();
  id = (await request(service.url).post('/v1/jobs').type('application/octet-stream').send('x')).body.id;
});
after(() => service.close());

const get = (path: string) => request(service.url).get(`/v1/jobs/${id}${path}`);

/** Order matters: the job is finished by the second test. */
describe('results', () => {
  it('are a conflict while the job is not finished', async () => {
    for (const path of ['/result', '/report', '/tables/ports']) {
      const response = await get(path).expect(409);
      assert.equal(response.body.code, 'job-unfinished');
      assert.ok(Number(response.headers['retry-after']) >= 1);
    }
    await service.writeResults(id, REPORT, { ports: ROWS });
    await service.finish(id);
  });

  it('have the report as it was written, with a length and a tag', async () => {
    const { body, headers, text } = await get('/result').expect(200);
    assert.deepEqual(body, REPORT);
    assert.match(headers['content-type']!, /^application\/json/);
    assert.equal(Number(headers['content-length']), Buffer.byteLength(text));
    await get('/result').set('if-none-match', headers.etag!).expect(304);
    const head = await request(service.url).head(`/v1/jobs/${id}/result`).expect(200);
    assert.equal(head.headers['content-length'], headers['content-length']);
  });

  it('have pages of a table, and links to the next', async () => {
    const ports: unknown[] = [];
    let next: string | undefined = `/v1/jobs/${id}/tables/ports?sort=-synPackets&limit=100`;
    const sizes: number[] = [];
    while (next !== undefined) {
      const page: request.Response = await request(service.url).get(next).expect(200);
      assert.match(page.headers['content-type']!, /^application\/json/);
      sizes.push(page.body.rows.length);
      ports.push(...page.body.rows.map((row: TableRow) => row.localPort));
      const link: string | undefined = /<(.*)>; rel="next"/.exec(page.headers.link ?? '')?.[1];
      assert.equal(page.body.nextCursor === null, link === undefined);
      next = link;
    }
    assert.deepEqual(sizes, [100, 100, 50]);
    assert.equal(new Set(ports).size, 250);
    const first = await get('/tables/ports').expect(200);
    assert.equal(first.body.rows.length, 100);
    assert.deepEqual(first.body.rows[0], ROWS[0]);
  });

  it('filter by column', async () => {
    const rows = async (query: string) => (await get(`/tables/ports?limit=10000&${query}`).expect(200)).body.rows;
    assert.deepEqual(await rows('lost=true'), [ROWS[9]]);
    assert.deepEqual(await rows('minGapSeconds.lt=1'), [ROWS[7]]);
    assert.equal((await rows('remoteAddress=2001:DB8:0::2')).length, 125);
    assert.equal((await rows('localPort.gte=50010&localPort.lt=50020')).length, 10);
    assert.equal((await rows('localPort=50001&localPort=50002')).length, 2);
  });

  it('come in each format, by Accept and by ?format=', async () => {
    for (const [format, type] of Object.entries(TYPES)) {
      const byAccept = await get('/tables/ports').set('accept', type).buffer(true).parse(asBytes).expect(200);
      const byName = await get(`/tables/ports?format=${format}`).buffer(true).parse(asBytes).expect(200);
      assert.ok(byAccept.headers['content-type']!.startsWith(type), format);
      assert.deepEqual(byAccept.body, byName.body);
    }
    const ndjson = (await get('/tables/ports?format=ndjson').buffer(true).parse(asBytes)).body as Buffer;
    assert.deepEqual(
      ndjson
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
      ROWS,
    );
    const csv = (await get('/tables/ports?format=csv&limit=2').buffer(true).parse(asBytes)) as request.Response;
    assert.equal(csv.body.toString().trim().split('\r\n').length, 3);
    const next = /<(.*)>; rel="next"/.exec(csv.headers.link!)![1]!;
    assert.match(next, /format=csv/);
    const more = await request(service.url).get(next).buffer(true).parse(asBytes).expect(200);
    assert.match(more.body.toString().split('\r\n')[1]!, /,50002,/);
  });

  it('answer HEAD as GET, without the rows', async () => {
    const head = (query: string) => request(service.url).head(`/v1/jobs/${id}/tables/ports?${query}`);
    for (const [format, type] of Object.entries(TYPES)) {
      const { headers } = await head(`format=${format}&lost=true&sort=-localPort&limit=5`).expect(200);
      assert.ok(headers['content-type']!.startsWith(type), format);
    }
    await head('unheard=1').expect(400);
  });

  it('have Parquet that another program reads', async () => {
    const { body } = await get('/tables/ports?format=parquet').buffer(true).parse(asBytes).expect(200);
    const file = join(service.parts.captures.path(id).replace(/captures.*/, ''), 'read-back.parquet');
    writeFileSync(file, body as Buffer);
    const connection = await (await DuckDBInstance.create()).connect();
    const result = await connection.run(`SELECT count(*)::int, sum("localPort")::int FROM '${file}'`);
    assert.deepEqual(await result.getRowsJS(), [[250, ROWS.reduce((sum, row) => sum + (row.localPort as number), 0)]]);
    connection.closeSync();
  });

  it('tell their type and nothing else to a HEAD', async () => {
    const head = (path: string) => request(service.url).head(`/v1/jobs/${id}/tables/ports${path}`);
    assert.match((await head('?format=csv').expect(200)).headers['content-type']!, /^text\/csv/);
    await head('?colour=red').expect(400);
  });

  it('refuse queries that do not fit, by their code', async () => {
    const cases: Record<string, [number, string]> = {
      'colour=red': [400, 'column-unknown'],
      'localPort.gte=x': [400, 'filter-invalid'],
      'localPort.near=1': [400, 'filter-invalid'],
      'client=10.0.0': [400, 'filter-invalid'],
      'sort=colour': [400, 'sort-invalid'],
      'limit=0': [400, 'limit-invalid'],
      'limit=10001': [400, 'limit-invalid'],
      'cursor=abc': [400, 'cursor-invalid'],
      'limit=5?cursor=abc': [400, 'limit-invalid'],
      'format=xlsx': [400, 'query-invalid'],
      'format=toString': [400, 'query-invalid'],
    };
    for (const [query, [status, code]] of Object.entries(cases)) {
      const response = await get(`/tables/ports?${query}`);
      assert.deepEqual([response.status, response.body.code], [status, code], query);
    }
    assert.equal((await get('/tables/ports').set('accept', 'image/png')).body.code, 'not-acceptable');
    await get('/tables/ports').set('accept', 'text/html, */*;q=0.1').expect(200);
    assert.equal((await get('/tables/colours')).body.code, 'not-found');
  });

  it('do not take the cursor of another job', async () => {
    const other = (await request(service.url).post('/v1/jobs').type('application/octet-stream').send('y')).body.id;
    await service.writeResults(other, REPORT, { ports: ROWS });
    await service.finish(other);
    const { nextCursor } = (await get('/tables/ports?limit=1')).body;
    const response = await request(service.url).get(`/v1/jobs/${other}/tables/ports?limit=1&cursor=${nextCursor}`);
    assert.equal(response.body.code, 'cursor-invalid');
  });

  it('are gone for a reader when they are deleted under it, and the service lives', async () => {
    await service.parts.results.delete(id);
    await get('/result').expect(404);
    await get('/report').expect(404);
    await get('/tables/ports').expect(404);
    await request(service.url).get('/healthz').expect(200);
  });
});
