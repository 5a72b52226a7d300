/** Requests made of likely and unlikely pieces: none is a fault of the service, and every refusal is a problem. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { Problem } from '../../src/contract/problem.ts';
import { TABLES } from '../../src/contract/tables.ts';
import { REPORT, type Service, startService } from './service.ts';

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
  await service.writeResults(ids.done, REPORT);
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
const operation = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom(
      ...['POST /v1/jobs', 'POST /v1/jobs', 'POST /v1/jobs', 'POST /v1/captures', 'GET /v1/jobs', 'GET /v1/captures'],
      ...['GET /v1/jobs/ID', 'HEAD /v1/jobs/ID/result', 'GET /v1/jobs/ID/result', 'POST /v1/jobs/ID/cancel'],
      ...['GET /v1/jobs/ID/tables/sessions', 'GET /v1/jobs/ID/tables/ports', 'GET /v1/jobs/ID/report'],
      ...['DELETE /v1/jobs/ID', 'GET /v1/captures/ID', 'GET /v1/captures/ID/content', 'DELETE /v1/captures/ID'],
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('PUT /v1/jobs', 'PATCH /v1/jobs/ID', 'GET /nothing', 'POST /readyz') },
);
const headers = fc.dictionary(
  fc.constantFrom('accept', 'range', 'if-none-match', 'if-range', 'idempotency-key', 'content-digest'),
  fc.oneof(
    fc.constantFrom('*/*', 'text/csv', 'bytes=0-0', 'bytes=9-', '*', ';;q=', 'sha-256=:x:', '"', 'a'),
    fc.string({ maxLength: 10 }).map((value) => value.replace(/[^\x20-\x7e]/g, '')),
  ),
  { maxKeys: 2 },
);
const type = fc.constantFrom(
  ...['application/json', 'application/json', 'application/octet-stream', 'multipart/form-data; boundary=x'],
  ...['text/plain', 'multipart/form-data', ';'],
);
const settings = fc.record(
  {
    captures: fc.oneof(fc.constant(['CAPTURE']), fc.constant(['CAPTURE']), fc.array(text, { maxLength: 2 })),
    options: fc.oneof(
      fc.constantFrom({}, { timeWaitSeconds: 60 }, { events: ['2026-01-01T00:00:00Z x'] }),
      fc.dictionary(fc.constantFrom('clients', 'events', 'portRange', 'utcOffset'), fc.jsonValue()),
    ),
    labels: fc.oneof(fc.dictionary(text, text), fc.jsonValue()),
    webhook: fc.oneof(fc.constant({ url: 'http://8.8.8.8', secret: `whsec_${'a'.repeat(32)}` }), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  { weight: 1, arbitrary: text },
  settings.map((value) => JSON.stringify(value) ?? ''),
  settings.map((value) => formText(value as Record<string, unknown>)),
);
const requests = fc.record({
  operation,
  id: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('done', 'done', 'capture', 'job') },
    { weight: 1, arbitrary: text.map(encodeAnything) },
  ),
  fields: fc.oneof(fc.array(field, { maxLength: 0 }), fc.array(field, { maxLength: 2 })),
  headers,
  type,
  body,
});

function formText(fields: Record<string, unknown>): string {
  const parts = Object.entries(fields).map(([field, value]) => {
    const name = field === 'captures' ? 'file' : field;
    const file = name === 'file' ? '; filename="a"' : '';
    return `--x\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${JSON.stringify(value)}\r\n`;
  });
  return `${parts.join('')}--x--\r\n`;
}

/** As a URL has it, halves of characters included. */
function encodeAnything(value: string): string {
  return [...Buffer.from(value)].map((octet) => `%${octet.toString(16).padStart(2, '0')}`).join('');
}

describe('random requests', () => {
  it('never are a fault, and their refusals are problems', async () => {
    const property = fc.asyncProperty(
      requests,
      async ({ operation, id, fields, headers: sent, type, body: content }) => {
        const [method, form] = operation.split(' ') as [string, string];
        if (method === 'DELETE' && id !== 'job') id = `${id}x`; // the finished job stays for the others
        const place = form.replace('ID', ids[id as 'job'] ?? id);
        const query = fields.map(([name, value]) => `${encodeAnything(name)}=${encodeAnything(value)}`).join('&');
        const carries = !['GET', 'HEAD'].includes(method);
        const sentBody = content.replaceAll('CAPTURE', ids.capture);
        const init = carries
          ? { method, headers: { ...sent, 'content-type': type }, body: sentBody }
          : { method, headers: sent };
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
