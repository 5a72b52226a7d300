import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { MAX_CAPTURE_BYTES, type Service, startService } from './service.ts';
import { WRONG_FORMS } from './wrong-forms.ts';

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const PCAP = 'application/vnd.tcpdump.pcap';

let service: Service;
before(async () => {
  service = await startService();
});
after(() => service.close());

const post = (path = '/v1/jobs') => request(service.url).post(path);

async function stored(id: string): Promise<Buffer> {
  return readFileSync(service.parts.captures.path(id));
}

describe('POST /v1/jobs with a form', () => {
  it('takes files, evidence and fields in any order', async () => {
    const first = Buffer.from('first capture');
    const second = Buffer.alloc(100_000, 'second');
    const response = await post()
      .field('labels', '{"ticket":"INC1"}')
      .attach('file', first, 'a.pcap')
      .field('options', '{"timeWaitSeconds":60,"portRange":{"first":49152,"last":65535},"clients":["10.1.1.10"]}')
      .attach('evidence', Buffer.from('Active Connections'), 'netstat.txt')
      .attach('file', second, 'dir/b.pcapng')
      .expect(202);
    const job = response.body;
    assert.equal(response.headers.location, `/v1/jobs/${job.id}`);
    assert.ok(Number(response.headers['retry-after']) >= 1);
    assert.equal(job.status, 'queued');
    assert.deepEqual(job.labels, { ticket: 'INC1' });
    assert.deepEqual(job.options, {
      timeWaitSeconds: 60,
      portRange: { first: 49152, last: 65535 },
      clients: ['10.1.1.10'],
    });
    assert.deepEqual(
      job.captures.map(({ name, bytes, sha256 }: Record<string, unknown>) => [name, bytes, sha256]),
      [
        ['a.pcap', first.length, sha256(first)],
        ['b.pcapng', second.length, sha256(second)],
      ],
    );
    assert.deepEqual(
      job.evidence.map(({ name }: Record<string, unknown>) => name),
      ['netstat.txt'],
    );
    assert.deepEqual(await stored(job.captures[1].id), second);
    assert.equal(service.queued.at(-1), job.id);
    await request(service.url).get(job.links.self).expect(200);
  });

  it('takes an empty file: what its bytes say is the matter of the job', async () => {
    const { body } = await post().attach('file', Buffer.alloc(0), 'empty.pcap').expect(202);
    assert.equal(body.captures[0].bytes, 0);
  });

  it('refuses what is wrong by its name, and keeps no file of it', async () => {
    const before = service.storedFiles();
    const jobs = service.queued.length;
    for (const [fields, code, part] of WRONG_FORMS) {
      for (const filesFirst of [true, false]) {
        const call = post();
        if (filesFirst) call.attach('file', Buffer.from('bytes'), 'a.pcap');
        for (const [name, value] of Object.entries(fields)) call.field(name, value);
        if (!filesFirst) call.attach('file', Buffer.from('bytes'), 'a.pcap');
        const response = await call;
        const shown = `${JSON.stringify(fields)} ${response.text}`;
        assert.equal(response.status, 400, shown);
        assert.match(response.headers['content-type']!, /^application\/problem\+json/);
        assert.equal(response.body.code, code, shown);
        assert.match(response.body.detail, part, shown);
        assert.equal(response.body.status, 400);
      }
    }
    assert.deepEqual(service.storedFiles(), before);
    assert.equal(service.queued.length, jobs);
  });

  it('refuses a form without a capture, a query beside it, a file too large, a file of another name', async () => {
    const before = service.storedFiles();
    const evidence = await post().attach('evidence', Buffer.from('x'), 'n.txt');
    assert.deepEqual([evidence.status, evidence.body.code], [400, 'request-invalid']);
    const query = await post('/v1/jobs?timeWaitSeconds=60').attach('file', Buffer.from('x'), 'a');
    assert.deepEqual([query.status, query.body.code], [400, 'query-unknown']);
    const large = await post()
      .attach('file', Buffer.from('x'), 'a')
      .attach('file', Buffer.alloc(MAX_CAPTURE_BYTES + 1), 'b');
    assert.deepEqual([large.status, large.body.code], [413, 'body-too-large']);
    const other = await post().attach('upload', Buffer.from('x'), 'a');
    assert.deepEqual([other.status, other.body.code], [400, 'field-unknown']);
    const options = await post().attach('options', Buffer.from('{}'), 'a');
    assert.deepEqual([options.status, options.body.code], [400, 'request-invalid']);
    assert.deepEqual(service.storedFiles(), before);
    await post().attach('file', Buffer.alloc(MAX_CAPTURE_BYTES), 'b').expect(202);
  });
});

describe('POST /v1/jobs with the capture as body', () => {
  it('takes options and labels from the query', async () => {
    const query =
      'filename=C%3A%5Ctrace%5Cday1.pcap&timeWaitSeconds=30.5&portRange=49152-65535&client=10.0.0.1&client=2001:db8::1' +
      '&event=2026-01-01T00:00:00Z%204227%20at%20once&event=2026-01-02T00:00Z&utcOffset=%2B01:00&label.ticket=INC1&label.a.b=c%20d';
    const { body } = await post(`/v1/jobs?${query}`).type(PCAP).send('capture').expect(202);
    assert.equal(body.captures[0].name, 'day1.pcap');
    assert.deepEqual(body.labels, { ticket: 'INC1', 'a.b': 'c d' });
    assert.deepEqual(body.options, {
      timeWaitSeconds: 30.5,
      portRange: { first: 49152, last: 65535 },
      clients: ['10.0.0.1', '2001:db8::1'],
      events: [{ time: '2026-01-01T00:00:00Z', text: '4227 at once' }, { time: '2026-01-02T00:00Z' }],
      utcOffset: '+01:00',
    });
  });

  it('takes a zone whose + was not escaped for what it is', async () => {
    const query = 'event=2026-01-01T00:00:00.5+02:00%204227&event=2026-01-01T00:00+05:30&utcOffset=+01:00';
    const { body } = await post(`/v1/jobs?${query}`).type(PCAP).send('capture').expect(202);
    assert.deepEqual(body.options.events, [
      { time: '2026-01-01T00:00:00.5+02:00', text: '4227' },
      { time: '2026-01-01T00:00+05:30' },
    ]);
    assert.equal(body.options.utcOffset, '+01:00');
  });

  it('takes every media type of a capture, and a body that names none', async () => {
    for (const type of [PCAP, 'application/x-pcapng', 'application/octet-stream', 'application/gzip', `${PCAP}; x=y`]) {
      const { body } = await post().set('content-type', type).send(Buffer.from('bytes')).expect(202);
      assert.deepEqual(await stored(body.captures[0].id), Buffer.from('bytes'), type);
    }
    const response = await fetch(`${service.url}/v1/jobs`, { method: 'POST', body: new Uint8Array([1, 2, 3]) });
    assert.equal(response.status, 202);
  });

  it('takes the file name from Content-Disposition', async () => {
    const disposition = `attachment; filename="plain.pcap"; filename*=UTF-8''gr%C3%BC%C3%9Fe.pcap`;
    const { body } = await post().type(PCAP).set('content-disposition', disposition).send('x').expect(202);
    assert.equal(body.captures[0].name, 'grüße.pcap');
  });

  it('refuses unknown and wrong query fields by name', async () => {
    const cases: [query: string, code: string, part: RegExp][] = [
      ['timeWait=60', 'query-unknown', /"timeWait"/],
      ['label=1', 'query-unknown', /"label"/],
      ['timeWaitSeconds=', 'query-invalid', /timeWaitSeconds/],
      ['timeWaitSeconds=60&timeWaitSeconds=30', 'query-invalid', /timeWaitSeconds/],
      ['timeWaitSeconds=true', 'query-invalid', /timeWaitSeconds/],
      ['portRange=65535-1', 'option-invalid', /portRange/],
      ['client=here', 'option-invalid', /"here"/],
      ['event=now', 'option-invalid', /"now"/],
      ['label.x=%00', 'query-invalid', /label.x/],
    ];
    for (const [query, code, part] of cases) {
      const response = await post(`/v1/jobs?${query}`).type(PCAP).send('x');
      assert.equal(response.status, 400, query);
      assert.equal(response.body.code, code, query);
      assert.match(response.body.detail, part, query);
    }
  });

  it('refuses an empty body, with and without a type', async () => {
    const before = service.storedFiles();
    for (const call of [post().type(PCAP), post().type(PCAP).send(''), post(), post().type('json')]) {
      const response = await call;
      assert.deepEqual([response.status, response.body.code], [400, 'body-empty']);
    }
    assert.deepEqual(service.storedFiles(), before);
  });

  it('refuses other media types and says which are taken', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'image/png', 'nonsense']) {
      const response = await post().set('content-type', type).send('a=b');
      assert.deepEqual([response.status, response.body.code], [415, 'media-type-unsupported'], type);
      assert.match(response.body.detail, /application\/octet-stream/);
    }
  });

  it('checks a digest that is sent along', async () => {
    const bytes = Buffer.from('capture');
    const digest = `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
    await post().type(PCAP).set('content-digest', digest).send(bytes).expect(202);
    await post().type(PCAP).set('repr-digest', `unixsum=1, ${digest}`).send(bytes).expect(202);
    const before = service.storedFiles();
    const wrong = await post().type(PCAP).set('repr-digest', digest).send('other bytes');
    assert.deepEqual([wrong.status, wrong.body.code], [400, 'digest-mismatch']);
    const other = await post().type(PCAP).set('content-digest', 'sha-512=:YWJj:').send(bytes);
    assert.deepEqual([other.status, other.body.code], [400, 'digest-unsupported']);
    assert.deepEqual(service.storedFiles(), before);
  });
});

describe('POST /v1/jobs with JSON', () => {
  it('takes captures that were uploaded before, and they stay when the job goes', async () => {
    const capture = (await post('/v1/captures?filename=a.pcap').type(PCAP).send('a').expect(201)).body;
    const evidence = (await post('/v1/captures?kind=evidence').type(PCAP).send('b').expect(201)).body;
    const { body: job } = await post()
      .send({ captures: [capture.id], evidence: [evidence.id], labels: { a: 'b' } })
      .expect(202);
    assert.equal(job.captures[0].sha256, sha256('a'));
    assert.equal(job.evidence[0].sha256, sha256('b'));
    await request(service.url).delete(`/v1/captures/${capture.id}`).expect(409);
    await request(service.url).delete(`/v1/jobs/${job.id}`).expect(204);
    await request(service.url).get(`/v1/captures/${capture.id}`).expect(200);
    await request(service.url).delete(`/v1/captures/${capture.id}`).expect(204);
  });

  it('refuses what does not fit', async () => {
    const evidence = (await post('/v1/captures?kind=evidence').type(PCAP).send('b').expect(201)).body;
    const cases: [body: object | string, status: number, code: string][] = [
      [{}, 400, 'request-invalid'],
      [{ captures: [] }, 400, 'request-invalid'],
      [{ captures: 'x' }, 400, 'request-invalid'],
      [{ captures: ['x'], capture: 'y' }, 400, 'field-unknown'],
      [{ captures: ['x'], options: { a: 1 } }, 400, 'option-unknown'],
      [{ captures: ['x'] }, 404, 'capture-not-found'],
      [{ captures: [evidence.id] }, 404, 'capture-not-found'],
      [{ captures: ['00000000-0000-4000-8000-000000000000'] }, 404, 'capture-not-found'],
      ['{"captures":', 400, 'body-malformed'],
      ['{"captures":["x"],"__proto__":{}}', 400, 'body-malformed'],
      ['null', 400, 'request-invalid'],
      ['[]', 400, 'request-invalid'],
    ];
    for (const [body, status, code] of cases) {
      const response = await post().type('json').send(body);
      assert.deepEqual([response.status, response.body.code], [status, code], JSON.stringify(body));
    }
  });
});
