/** Requests made of likely and unlikely pieces: none is a fault of the service, and every refusal is a problem. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { Problem } from '../../src/contract/problem.ts';
import { TABLES } from '../../src/contract/tables.ts';
import { type Service, startService } from './service.ts';

const isProblem = Compile(Problem);

let service: Service;
let ids: Record<'job' | 'done' | 'capture', string>;
before(async () => {
  service = await startService();
  const submit = async (path: string) => {
    const response = await fetch(`${service.url}${path}`, { method: 'POST', body: new Uint8Array([1]) });
    return ((await response.json()) as { id: string }).id;
  };
  ids = { job: await submit('/v1/jobs'), done: await submit('/v1/jobs'), capture: await submit('/v1/captures') };
  await service.writeResults(ids.done, {});
  await service.finish(ids.done);
});
after(() => service.close());

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e9',
    'null',
    'true',
    '10.0.0.1',
    '2026-01-01T00:00:00Z',
    '\0',
    '\ud800',
    '../..',
    "' --",
  ),
);
const names = [
  ...TABLES.sessions.flatMap(({ name }) => [name, `${name}.gte`, `${name}.ne`]),
  ...['sort', 'limit', 'cursor', 'format', 'status', 'label.a', 'label.', 'filename', 'kind'],
  ...['timeWaitSeconds', 'portRange', 'client', 'event', 'utcOffset', '__proto__', 'constructor'],
];
const field = fc.tuple(fc.oneof(fc.constantFrom(...names), text), text);
const path = fc.oneof(
  fc.constantFrom('/v1/jobs', '/v1/captures', '/healthz', '/readyz', '/openapi.json'),
  fc
    .tuple(
      fc.constantFrom('/v1/jobs/ID', '/v1/captures/ID'),
      fc.constantFrom('', '/result', '/tables/sessions', '/tables/ports', '/cancel', '/content', '/report'),
    )
    .map((pieces) => pieces.join('')),
);
const headers = fc.dictionary(
  fc.constantFrom(
    'accept',
    'range',
    'if-none-match',
    'if-range',
    'content-type',
    'idempotency-key',
    'content-digest',
    'origin',
  ),
  fc.oneof(
    fc.constantFrom(
      '*/*',
      'text/csv',
      'bytes=0-0',
      'bytes=9-',
      '*',
      'application/json',
      'multipart/form-data; boundary=x',
    ),
    fc.constantFrom('application/octet-stream', 'sha-256=:x:', ';;q=', 'text/plain', '"', 'a'),
    fc.string({ maxLength: 10 }).map((value) => value.replace(/[^\x20-\x7e]/g, '')),
  ),
);
const settings = fc.record(
  {
    captures: fc.oneof(fc.array(text, { maxLength: 2 }), fc.anything({ maxDepth: 1 })),
    options: fc.oneof(
      fc.dictionary(fc.constantFrom('clients', 'events', 'portRange', 'utcOffset'), fc.jsonValue()),
      fc.jsonValue(),
    ),
    labels: fc.oneof(fc.dictionary(text, text), fc.jsonValue()),
    webhook: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  text,
  settings.map((value) => JSON.stringify(value) ?? ''),
  fc.constant('--x\r\n\r\n--x--\r\n'),
);
const requests = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'DELETE', 'PUT', 'PATCH'),
  path,
  id: fc.oneof(fc.constantFrom('done', 'capture', 'job'), text.map(encodeAnything)),
  fields: fc.array(field, { maxLength: 3 }),
  headers,
  body,
});

/** As a URL has it, halves of characters included. */
function encodeAnything(value: string): string {
  return [...Buffer.from(value)].map((octet) => `%${octet.toString(16).padStart(2, '0')}`).join('');
}

describe('random requests', () => {
  it('never are a fault, and their refusals are problems', async () => {
    const property = fc.asyncProperty(
      requests,
      async ({ method, path: form, id, fields, headers: sent, body: content }) => {
        if (method === 'DELETE' && id !== 'job') id = `${id}x`; // the finished job stays for the others
        const place = form.replace('ID', ids[id as 'job'] ?? id);
        const query = fields.map(([name, value]) => `${encodeAnything(name)}=${encodeAnything(value)}`).join('&');
        const carries = !['GET', 'HEAD'].includes(method);
        const init = { method, headers: sent, ...(carries ? { body: content } : {}) };
        const response = await fetch(`${service.url}${place}${query === '' ? '' : `?${query}`}`, init);
        const answer = Buffer.from(await response.arrayBuffer()).toString();
        assert.ok(response.status < 500, `${response.status} ${answer}`);
        if (response.status < 400 || method === 'HEAD') return;
        assert.match(response.headers.get('content-type')!, /^application\/problem\+json/);
        const problem: unknown = JSON.parse(answer);
        assert.ok(isProblem.Check(problem), answer);
        assert.equal(problem.status, response.status);
      },
    );
    await fc.assert(property, { numRuns: Number(process.env.RANDOM_REQUESTS ?? 300) });
  });
});
