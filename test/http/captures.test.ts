import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import request from 'supertest';
import { rangeOf } from '../../src/http/ranges.ts';
import { attachment, displayName, dispositionName } from '../../src/http/uploads/names.ts';
import { type Service, startService } from './service.ts';

const BYTES = Buffer.from('0123456789');
const SHA256 = createHash('sha256').update(BYTES).digest();

let service: Service;
before(async () => {
  service = await startService();
});
after(() => service.close());

const api = () => request(service.url);
const upload = (query = '') =>
  api().post(`/v1/captures?${query}`).type('application/octet-stream').send(BYTES).expect(201);

describe('captures', () => {
  it('are uploaded, shown, listed and removed', async () => {
    const response = await upload('filename=a.pcap');
    const { body: capture } = response;
    assert.equal(response.headers.location, `/v1/captures/${capture.id}`);
    assert.equal(response.headers['repr-digest'], `sha-256=:${SHA256.toString('base64')}:`);
    assert.deepEqual(
      { kind: capture.kind, name: capture.name, bytes: capture.bytes, sha256: capture.sha256 },
      { kind: 'capture', name: 'a.pcap', bytes: 10, sha256: SHA256.toString('hex') },
    );
    assert.deepEqual((await api().get(capture.links.self).expect(200)).body, capture);
    const form = await api().post('/v1/captures').attach('evidence', Buffer.from('netstat'), 'n.txt').expect(201);
    assert.equal(form.body.kind, 'evidence');
    const list = await api().get('/v1/captures?limit=1').expect(200);
    assert.deepEqual(list.body.captures, [form.body]);
    const next = /<(.*)>; rel="next"/.exec(list.headers.link!)![1]!;
    assert.equal((await api().get(next).expect(200)).body.captures[0].id, capture.id);
    await api().delete(capture.links.self).expect(204);
    await api().delete(capture.links.self).expect(404);
    await api().get(capture.links.content).expect(404);
    assert.ok(!service.storedFiles().includes(capture.id));
  });

  it('are one file each', async () => {
    const files = service.storedFiles();
    const two = await api().post('/v1/captures').attach('file', BYTES, 'a').attach('file', BYTES, 'b');
    assert.deepEqual([two.status, two.body.code], [400, 'request-invalid']);
    const json = await api().post('/v1/captures').send({ captures: [] });
    assert.deepEqual([json.status, json.body.code], [415, 'media-type-unsupported']);
    const field = await api().post('/v1/captures').attach('file', BYTES, 'a').field('labels', '{}');
    assert.deepEqual([field.status, field.body.code], [400, 'field-unknown']);
    const query = await api().post('/v1/captures?name=a').type('application/octet-stream').send(BYTES);
    assert.deepEqual([query.status, query.body.code], [400, 'query-unknown']);
    assert.deepEqual(service.storedFiles(), files);
  });

  it('give their content whole, by range, and not again', async () => {
    const { content } = (await upload('filename=gr%C3%BC%C3%9Fe%22.pcap')).body.links;
    const whole = await api().get(content).buffer(true).expect(200);
    assert.deepEqual(whole.body, BYTES);
    assert.equal(whole.headers['content-length'], '10');
    assert.equal(whole.headers['accept-ranges'], 'bytes');
    assert.equal(whole.headers['repr-digest'], `sha-256=:${SHA256.toString('base64')}:`);
    assert.equal(
      whole.headers['content-disposition'],
      `attachment; filename="gr__e_.pcap"; filename*=UTF-8''gr%C3%BC%C3%9Fe%22.pcap`,
    );
    for (const [range, text, contentRange] of [
      ['bytes=0-3', '0123', 'bytes 0-3/10'],
      ['bytes=8-', '89', 'bytes 8-9/10'],
      ['bytes=-3', '789', 'bytes 7-9/10'],
      ['bytes=-30', '0123456789', 'bytes 0-9/10'],
      ['bytes=9-99', '9', 'bytes 9-9/10'],
    ] as const) {
      const part = await api().get(content).set('range', range).buffer(true).expect(206);
      assert.equal(part.body.toString(), text, range);
      assert.equal(part.headers['content-range'], contentRange);
      assert.equal(part.headers['content-length'], String(text.length));
    }
    for (const range of ['bytes=2-1', 'bytes=0-1,4-5', 'lines=1-2', 'bytes=-', 'bytes=x-']) {
      await api().get(content).set('range', range).expect(200);
    }
    for (const range of ['bytes=10-', 'bytes=-0']) {
      const none = await api().get(content).set('range', range).expect(416);
      assert.equal(none.headers['content-range'], 'bytes */10');
      assert.equal(none.body.code, 'range-not-satisfiable');
    }
    await api().get(content).set('range', 'bytes=0-1').set('if-range', whole.headers.etag!).expect(206);
    await api().get(content).set('range', 'bytes=0-1').set('if-range', '"other"').expect(200);
    await api().get(content).set('if-none-match', whole.headers.etag!).expect(304);
    const head = await api().head(content).expect(200);
    assert.equal(head.headers['content-length'], '10');
  });

  it('that a running job needs cannot be removed', async () => {
    const { id } = (await upload()).body;
    const job = (
      await api()
        .post('/v1/jobs')
        .send({ captures: [id] })
        .expect(202)
    ).body;
    assert.equal((await api().delete(`/v1/captures/${id}`).expect(409)).body.code, 'capture-in-use');
    await api().post(`/v1/jobs/${job.id}/cancel`).expect(202);
    await api().delete(`/v1/captures/${id}`).expect(204);
    assert.equal((await api().get(`/v1/jobs/${job.id}`).expect(200)).body.captures[0].id, id);
  });
});

describe('Idempotency-Key', () => {
  const submit = (key: string, bytes: string, query = '') =>
    api().post(`/v1/jobs?${query}`).set('idempotency-key', key).type('application/octet-stream').send(bytes);

  it('answers a repeated request with the job of the first one', async () => {
    const first = await submit('k1', 'same', 'label.a=1&label.b=2').expect(202);
    assert.equal(first.headers['idempotency-replayed'], undefined);
    const files = service.storedFiles();
    const again = await submit('k1', 'same', 'label.b=2&label.a=1').expect(202);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.equal(again.body.id, first.body.id);
    assert.equal(again.headers.location, first.headers.location);
    assert.deepEqual(service.storedFiles(), files);
    assert.equal(service.queued.filter((id) => id === first.body.id).length, 1);
    assert.notEqual((await submit('k2', 'same').expect(202)).body.id, first.body.id);
  });

  it('is a 422 for another content, in each part of it', async () => {
    await submit('k3', 'same', 'label.a=1').expect(202);
    for (const [bytes, query] of [
      ['other', 'label.a=1'],
      ['same', 'label.a=2'],
      ['same', 'label.a=1&timeWaitSeconds=60'],
      ['same', 'label.a=1&filename=b'],
    ] as const) {
      const response = await submit('k3', bytes, query);
      assert.deepEqual([response.status, response.body.code], [422, 'idempotency-mismatch'], `${bytes} ${query}`);
    }
  });

  it('holds for forms, for JSON and for captures, each for itself', async () => {
    const form = () =>
      api().post('/v1/jobs').set('idempotency-key', 'k4').attach('file', BYTES, 'a').field('labels', '{}');
    assert.equal((await form().expect(202)).body.id, (await form().expect(202)).body.id);
    const capture = () =>
      api().post('/v1/captures').set('idempotency-key', 'k4').type('application/octet-stream').send(BYTES);
    const { id } = (await capture().expect(201)).body;
    assert.equal((await capture().expect(201)).body.id, id);
    const json = () =>
      api()
        .post('/v1/jobs')
        .set('idempotency-key', 'k5')
        .send({ captures: [id] });
    assert.equal((await json().expect(202)).body.id, (await json().expect(202)).body.id);
  });

  it('makes one job of fifty requests at once', async () => {
    const responses = await Promise.all(Array.from({ length: 50 }, () => submit('k6', 'many')));
    const made = responses.filter(({ status }) => status === 202);
    assert.ok(made.length >= 1);
    assert.equal(new Set(made.map(({ body }) => body.id)).size, 1);
    for (const { status, body } of responses) {
      if (status !== 202) assert.deepEqual([status, body.code], [409, 'idempotency-in-flight']);
    }
  });

  it('is free again after a request that failed', async () => {
    await submit('k7', '').expect(400);
    await submit('k7', 'x', 'client=y').expect(400);
    await submit('k7', 'x').expect(202);
  });

  it('is free again when what it made was deleted', async () => {
    for (const [path, status] of [
      ['/v1/jobs', 202],
      ['/v1/captures', 201],
    ] as const) {
      const post = (bytes: string) =>
        api().post(path).set('idempotency-key', 'k8').type('application/octet-stream').send(bytes);
      const first = await post('x').expect(status);
      await api().delete(first.headers.location!).expect(204);
      const again = await post('other').expect(status);
      assert.notEqual(again.body.id, first.body.id);
      assert.equal(again.headers['idempotency-replayed'], undefined);
      const repeated = await post('other').expect(status);
      assert.equal(repeated.body.id, again.body.id);
      assert.equal(repeated.headers['idempotency-replayed'], 'true');
      assert.equal((await post('x')).body.code, 'idempotency-mismatch');
    }
  });

  it('has a shape', async () => {
    for (const key of ['a b', 'ü', 'x'.repeat(256)]) {
      const response = await submit(encodeURI(key) === key ? key : 'a\tb', 'x');
      assert.deepEqual([response.status, response.body.code], [400, 'idempotency-key-invalid'], key);
    }
  });
});

describe('names of files', () => {
  it('are the last part of what was given, and never a path', () => {
    const cases = {
      'a.pcap': 'a.pcap',
      '../../etc/passwd': 'passwd',
      'C:\\traces\\day 1.pcapng': 'day 1.pcapng',
      '..': 'capture',
      '': 'capture',
      '/': 'capture',
      'a\u0000\r\n\u202eb': 'ab',
    };
    for (const [given, name] of Object.entries(cases)) assert.equal(displayName(given), name);
    assert.equal(displayName('x'.repeat(300)).length, 255);
    const marks = ['\u0315', '\u0300', '\u05b0'].map((mark) => mark.repeat(500_000)).join('');
    assert.equal(displayName(`a/${marks}`).length, 255);
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
      const name = displayName(given);
      assert.ok(name.length >= 1 && name.length <= 255 && !/\p{Cs}/u.test(name));
      assert.ok(!/[/\\\p{Cc}]/u.test(name) && name !== '..');
      assert.equal(dispositionName(attachment(name)), name);
      assert.match(attachment(name), /^[\x20-\x7e]+$/);
    });
    fc.assert(property);
  });
});

describe('a byte range', () => {
  it('is what a plain reading of the bytes gives, or nothing', () => {
    const property = fc.property(fc.nat(20), fc.option(fc.nat(25)), fc.option(fc.nat(25)), (bytes, first, last) => {
      const all = [...Array(bytes).keys()];
      const wanted =
        first === null ? all.slice(Math.max(0, bytes - (last ?? 0))) : all.slice(first, (last ?? bytes) + 1);
      const ask = () => rangeOf(`bytes=${first ?? ''}-${last ?? ''}`, undefined, '"x"', bytes);
      if ((first === null && last === null) || (first !== null && last !== null && last < first)) {
        assert.equal(ask(), null);
      } else if (wanted.length === 0) {
        assert.throws(ask, { code: 'range-not-satisfiable' });
      } else {
        assert.deepEqual(ask(), { start: wanted[0], end: wanted.at(-1) });
      }
    });
    fc.assert(property);
  });
});
