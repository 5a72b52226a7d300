import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { REPORT, type Service, startService } from './service.ts';

let service: Service;
let path: string;
before(async () => {
  service = await startService();
  const { id } = (await request(service.url).post('/v1/jobs').type('application/octet-stream').send('x')).body;
  await service.writeResults(id, REPORT);
  await service.finish(id);
  path = `/v1/jobs/${id}/report`;
});
after(() => service.close());

const get = (query = '') => request(service.url).get(`${path}${query}`);

describe('the report for people', () => {
  it('comes in three forms, by Accept and by ?format=', async () => {
    for (const [format, type] of [
      ['html', 'text/html'],
      ['markdown', 'text/markdown'],
      ['text', 'text/plain'],
    ] as const) {
      const byAccept = await get().set('accept', `${type}, */*;q=0.1`).buffer(true).expect(200);
      const byName = await get(`?format=${format}`).set('accept', 'image/png').buffer(true).expect(200);
      assert.equal(byAccept.headers['content-type'], `${type}; charset=utf-8`);
      assert.equal(byAccept.headers.vary, 'accept');
      assert.equal(byAccept.text, byName.text);
      assert.match(byAccept.text, /10\.0\.0\.1 ran out of/);
      await get(`?format=${format}`).set('if-none-match', byName.headers.etag!).expect(304);
    }
    assert.equal((await get().expect(200)).type, 'text/html');
  });

  it('has absolute links and its verdict first', async () => {
    const { text } = await get('?format=markdown').set('host', 'ledger.localhost').buffer(true);
    assert.match(text.split('\n')[0]!, /ran out of/);
    assert.ok(text.includes(`http://ledger.localhost${path.replace(/report$/, 'result')}`), text);
  });

  it('is a page that runs nothing', async () => {
    const { text, headers } = await get('?format=html');
    assert.ok(!text.includes('<b>ports</b>') && !/<script/i.test(text));
    assert.match(headers['content-security-policy']!, /default-src 'none'; style-src 'unsafe-inline'/);
  });

  it('is refused in other forms', async () => {
    assert.deepEqual((await get('?format=pdf')).body.code, 'query-invalid');
    assert.deepEqual((await get('?colour=red')).body.code, 'query-unknown');
    assert.deepEqual((await get().set('accept', 'image/png')).body.code, 'not-acceptable');
  });
});
