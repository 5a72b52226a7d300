import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as open } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { FastifyInstance } from 'fastify';
import request from 'supertest';
import { buildApp } from '../../src/http/app.ts';
import { createKey, parseKeyHashes } from '../../src/http/keys.ts';
import { openRaw } from './raw.ts';
import { type Service, startService } from './service.ts';

const { key, entry } = createKey('tickets');

let service: Service;
let locked: FastifyInstance;
let lockedUrl: string;
before(async () => {
  service = await startService();
  locked = await buildApp({ ...service.parts, keys: parseKeyHashes(entry) });
  lockedUrl = await locked.listen({ host: '127.0.0.1', port: 0 });
});
after(async () => {
  await locked.close();
  await service.close();
});

const isProblem = (response: request.Response, status: number, code: string) => {
  assert.deepEqual([response.status, response.body.code], [status, code], response.text);
  assert.match(response.headers['content-type']!, /^application\/problem\+json/);
  assert.equal(response.body.status, status);
  assert.equal(response.body.type, `urn:portledger:error:${code}`);
  assert.equal(response.body.instance, `urn:uuid:${response.headers['x-request-id']}`);
};

describe('API keys', () => {
  const ROUTES = [
    ['get', '/v1/jobs'],
    ['post', '/v1/jobs'],
    ['get', '/v1/captures'],
    ['post', '/v1/captures'],
    ['delete', '/v1/jobs/x'],
    ['get', '/openapi.json'],
    ['get', '/docs'],
    ['get', '/nothing'],
  ] as const;

  it('are asked for everywhere but by the probes', async () => {
    for (const [method, path] of ROUTES) {
      const bare = await request(lockedUrl)[method](path);
      isProblem(bare, 401, 'unauthorized');
      assert.match(bare.headers['www-authenticate']!, /^Bearer/);
      for (const header of [`Bearer ${createKey('other').key}`, `Basic ${key}`, `Bearer ${entry}`, 'Bearer']) {
        isProblem(await request(lockedUrl)[method](path).set('authorization', header), 401, 'unauthorized');
      }
      const known = await request(lockedUrl)[method](path).set('authorization', `Bearer ${key}`);
      assert.notEqual(known.status, 401, path);
    }
    await request(lockedUrl).get('/healthz').expect(200);
    await request(lockedUrl).get('/readyz').expect(200);
  });

  it('are asked for before a client that waits is told to send its body, and so is whatever else is wrong', async () => {
    const submit = async (body: string, given: object = {}, path = '/v1/jobs') => {
      const type = 'application/octet-stream';
      const headers = { authorization: `Bearer ${key}`, expect: '100-continue', 'content-type': type, ...given };
      const call = open(lockedUrl + path, { method: 'POST', headers });
      let told = false;
      call.once('continue', () => {
        told = true;
        call.end(body);
      });
      call.flushHeaders();
      const [response] = (await once(call, 'response')) as [IncomingMessage];
      response.resume();
      call.destroy();
      return [response.statusCode, told];
    };
    assert.deepEqual(await submit('x'), [202, true]);
    assert.deepEqual(await submit('{"captures":["x"]}', { 'content-type': 'application/json' }), [404, true]);
    const form = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n';
    assert.deepEqual(await submit(form, { 'content-type': 'multipart/form-data; boundary=b' }), [202, true]);
    assert.deepEqual(await submit('x', { authorization: 'Bearer pl_unknown' }), [401, false]);
    assert.deepEqual(await submit('x', { 'content-length': 2 ** 50 }), [413, false]);
    assert.deepEqual(await submit('x', { 'content-type': 'text/plain' }), [415, false]);
    assert.deepEqual(await submit('x', {}, '/v1/jobs?nothing=1'), [400, false]);
    assert.deepEqual(await submit('x', {}, '/v1/nothing'), [404, false]);
  });

  it('are asked for before a body is read', async () => {
    const { port } = locked.server.address() as { port: number };
    const client = await openRaw(port);
    await client.send('POST /v1/captures HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n');
    assert.equal((await client.closed())?.status, 401);
  });

  it('are in the log by their names alone', async () => {
    await request(lockedUrl).get('/v1/jobs?label.secret=x').set('authorization', `Bearer ${key}`).expect(200);
    assert.ok(!service.logged.some((line) => line.includes(key) || line.includes('label.secret')));
    const completed = service.logged.map((line) => JSON.parse(line)).filter(({ res }) => res?.statusCode === 200);
    assert.ok(completed.some(({ key: name }) => name === 'tickets'));
    assert.ok(service.logged.some((line) => line.includes('"path":"/v1/jobs"')));
  });
});

describe('without keys', () => {
  it('pages of other sites are refused what changes something', async () => {
    const post = () => request(service.url).post('/v1/jobs').type('application/octet-stream');
    isProblem(await post().set('origin', 'https://evil.example').send('x'), 403, 'origin-refused');
    isProblem(await post().set('origin', 'null').send('x'), 403, 'origin-refused');
    isProblem(await post().set('sec-fetch-site', 'cross-site').send('x'), 403, 'origin-refused');
    isProblem(await request(service.url).delete('/v1/jobs/x').set('origin', 'http://a'), 403, 'origin-refused');
    await post().set('origin', service.url).set('sec-fetch-site', 'same-origin').send('x').expect(202);
    await post().send('x').expect(202);
  });
});

describe('every answer', () => {
  it('has the headers that keep browsers careful', async () => {
    for (const path of ['/healthz', '/v1/jobs', '/nothing']) {
      const { headers } = await request(service.url).get(path);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.ok(headers['x-request-id']);
    }
  });

  it('is a problem where there is nothing', async () => {
    for (const path of [
      '/',
      '/v1',
      '/v1/nothing',
      '/v1/jobs/x/nothing',
      '/metrics',
      '/v1/uploads',
      '/%zz',
      '/v1/jobs/',
      '/docs/static/nothing.js',
    ]) {
      isProblem(
        await request(service.url).get(path),
        404,
        path.startsWith('/v1/jobs/') && path.endsWith('/') ? 'job-not-found' : 'not-found',
      );
    }
  });

  it('names the methods that are allowed', async () => {
    for (const [method, path, allowed] of [
      ['put', '/v1/jobs', 'GET, HEAD, POST'],
      ['patch', '/v1/jobs/x', 'DELETE, GET, HEAD'],
      ['post', '/v1/jobs/x', 'DELETE, GET, HEAD'],
      ['get', '/v1/jobs/x/cancel', 'POST'],
      ['delete', '/healthz', 'GET, HEAD'],
      ['post', '/v1/jobs/x/tables/ports', 'GET, HEAD'],
      ['options', '/v1/captures/x/content', 'GET, HEAD'],
      ['options', '/docs/', 'GET, HEAD'],
    ] as const) {
      const response = await request(service.url)[method](path);
      isProblem(response, 405, 'method-not-allowed');
      assert.equal(response.headers.allow, allowed);
    }
  });

  it('names a query field that does not exist, everywhere', async () => {
    for (const [method, path] of [
      ['get', '/v1/jobs/x'],
      ['get', '/v1/jobs/x/result'],
      ['get', '/v1/jobs/x/report'],
      ['get', '/v1/jobs/x/events'],
      ['get', '/v1/captures/x'],
      ['get', '/v1/captures/x/content'],
      ['post', '/v1/jobs/x/cancel'],
      ['delete', '/v1/jobs/x'],
      ['delete', '/v1/captures/x'],
    ] as const) {
      const response = await request(service.url)[method](`${path}?colour=red`);
      isProblem(response, 400, 'query-unknown');
      assert.deepEqual(response.body.errors[0].parameter, 'colour', path);
    }
    isProblem(await request(service.url).get('/v1/jobs/x/tables/ports?colour=red'), 400, 'column-unknown');
  });

  it('is a problem, too, for what is no request', async () => {
    for (const [text, status] of [
      ['nonsense\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
      ['POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n', 400],
      ['POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ] as const) {
      const client = await openRaw(service.port);
      await client.send(text);
      const answer = await client.closed();
      assert.equal(answer?.status, status, text.slice(0, 30));
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      assert.equal(JSON.parse(answer.body).status, status);
    }
    await request(service.url).get('/healthz').expect(200);
  });

  it('does not tell what went wrong inside', async (t) => {
    t.mock.method(service.records.jobs, 'list', async () => {
      throw new Error('password of the database');
    });
    const response = await request(service.url).get('/v1/jobs');
    isProblem(response, 500, 'internal');
    assert.ok(!response.text.includes('password'));
    assert.ok(service.logged.some((line) => line.includes('password of the database')));
  });
});

describe('links that leave the API', () => {
  let reached: FastifyInstance;
  let reachedUrl: string;
  before(async () => {
    reached = await buildApp({ ...service.parts, listenWithoutKeys: true });
    reachedUrl = await reached.listen({ host: '127.0.0.1', port: 0 });
  });
  after(() => reached.close());

  const submitted = async (headers: Record<string, string>, url = reachedUrl) => {
    const { body } = await request(url).post('/v1/jobs').set(headers).type('application/octet-stream').send('x');
    return (await service.records.jobs.find(body.id))!.baseUrl;
  };

  it('begin with the address that the request came to, or with the public one', async () => {
    assert.equal(await submitted({}), reachedUrl);
    assert.equal(await submitted({ host: 'ledger.example:8443' }), 'http://ledger.example:8443');
    assert.equal(await submitted({ host: '[::1]:80' }), 'http://[::1]:80');
    for (const host of ['a b', 'a/b', 'a@b', '"a"']) assert.equal(await submitted({ host }), reachedUrl, host);
    const named = await buildApp({ ...service.parts, listenWithoutKeys: true, publicUrl: 'https://ledger.example' });
    const url = await named.listen({ host: '127.0.0.1', port: 0 });
    assert.equal(await submitted({ host: 'evil.example' }, url), 'https://ledger.example');
    await named.close();
  });
});
