import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import request from 'supertest';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { randomFrom, randomRow } from '../tables/samples.ts';
import { REPORT, type Service, startService } from './service.ts';

let service: Service;
before(async () => {
  service = await startService();
});
after(() => service.close());

describe('/openapi.json', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { body } = await request(service.url).get('/openapi.json').expect(200);
    assert.match(body.openapi, /^3\.1\./);
    const outcome = await new Validator().validate(body);
    assert.deepEqual(outcome, { valid: true });
  });

  it('has every route, and nothing else', async () => {
    const { body } = await request(service.url).get('/openapi.json');
    const documented = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(documented.sort(), [
      'DELETE /v1/captures/{id}',
      'DELETE /v1/jobs/{id}',
      'GET /healthz',
      'GET /readyz',
      'GET /v1/captures',
      'GET /v1/captures/{id}',
      'GET /v1/captures/{id}/content',
      'GET /v1/jobs',
      'GET /v1/jobs/{id}',
      'GET /v1/jobs/{id}/events',
      'GET /v1/jobs/{id}/report',
      'GET /v1/jobs/{id}/result',
      'GET /v1/jobs/{id}/tables/ports',
      'GET /v1/jobs/{id}/tables/reuses',
      'GET /v1/jobs/{id}/tables/sessions',
      'GET /v1/jobs/{id}/tables/windows',
      'POST /v1/captures',
      'POST /v1/jobs',
      'POST /v1/jobs/{id}/cancel',
    ]);
  });

  it('names each operation once, and every field that a query may have', async () => {
    const { body } = await request(service.url).get('/openapi.json');
    type Operation = { operationId: string; parameters?: { in: string; name: string }[] };
    const operations = Object.values<Record<string, Operation>>(body.paths).flatMap((methods) =>
      Object.values(methods),
    );
    const ids = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, operations.length, ids.join());
    const fields = (path: string, method: string) =>
      (body.paths[path][method] as Operation).parameters!.filter((each) => each.in === 'query').map(({ name }) => name);
    assert.deepEqual(fields('/v1/jobs', 'get'), ['status', 'limit', 'cursor', 'label.NAME']);
    assert.deepEqual(fields('/v1/jobs', 'post'), [
      ...['filename', 'timeWaitSeconds', 'portRange', 'client', 'event', 'utcOffset', 'label.NAME'],
    ]);
    const ports = fields('/v1/jobs/{id}/tables/ports', 'get');
    for (const name of ['client', 'client.ne', 'attempts.gte', 'firstUsed.lt', 'sort', 'limit', 'cursor', 'format']) {
      assert.ok(ports.includes(name), name);
    }
    assert.ok(!ports.includes('client.gte'));
  });

  it('names the problems that every call may have', async () => {
    const { body } = await request(service.url).get('/openapi.json');
    const everywhere = ['400', '401', '503', 'default'];
    for (const [path, methods] of Object.entries<Record<string, { responses: object }>>(body.paths)) {
      if (!path.startsWith('/v1/')) continue;
      for (const [method, { responses }] of Object.entries(methods)) {
        const missing = [...everywhere, ...(method === 'get' ? [] : ['403'])].filter(
          (status) => !(status in responses),
        );
        assert.deepEqual(missing, [], `${method} ${path}`);
      }
    }
  });

  it('is shown by pages that need nothing from elsewhere', async () => {
    const page = await request(service.url).get('/docs/').redirects(1).expect(200);
    assert.doesNotMatch(page.headers['content-security-policy']!, /upgrade-insecure-requests/);
    assert.match(page.headers['content-type']!, /text\/html/);
    assert.doesNotMatch(page.text, /https?:\/\//);
    assert.match(page.headers['content-security-policy']!, /script-src 'self'/);
    await request(service.url).get('/docs/static/swagger-ui-bundle.js').expect(200);
  });

  it('describes what is really answered', async () => {
    const { body: document } = await request(service.url).get('/openapi.json');
    const submit = () => request(service.url).post('/v1/jobs?label.a=b').type('application/octet-stream').send('x');
    const [job, failed] = [(await submit()).body.id, (await submit()).body.id];
    const rows = Object.fromEntries(
      (['sessions', 'ports', 'reuses', 'windows'] as const).map((table) => [table, [randomRow(table, randomFrom(1))]]),
    );
    await service.writeResults(job, REPORT, rows);
    await service.finish(job);
    await service.finish(failed, { status: 'failed', failure: { code: 'capture-empty', detail: 'x: 0 bytes' } });
    const capture = (await request(service.url).get('/v1/captures')).body.captures[0].id;
    const described = async (path: string, id: string, status = 200, type = 'application/json') => {
      const response = await request(service.url).get(path.replace('{id}', id)).expect(status);
      const answer = document.paths[path].get.responses[status];
      const schema: TSchema = answer.content[type].schema;
      const errors = Compile(schema).Errors(response.body);
      assert.deepEqual(errors, [], `${path} ${response.text.slice(0, 500)}`);
    };
    for (const path of ['/healthz', '/readyz', '/v1/jobs', '/v1/captures']) await described(path, '');
    for (const path of ['/v1/jobs/{id}', '/v1/jobs/{id}/result']) await described(path, job);
    for (const table of Object.keys(rows)) await described(`/v1/jobs/{id}/tables/${table}`, job);
    await described('/v1/jobs/{id}', failed);
    await described('/v1/captures/{id}', capture);
    await described('/v1/jobs/{id}', 'x', 404, 'application/problem+json');
    await described('/v1/jobs/{id}/result', failed, 409, 'application/problem+json');
  });
});
