import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { buildApp } from '../../src/http/app.ts';
import { eventually, openEvents } from './raw.ts';
import { type Service, startService } from './service.ts';

const PROGRESS = { stage: 'reading', bytes: 5, totalBytes: 10, packets: 3, percent: 50, etaSeconds: 1 } as const;

let service: Service;
before(async () => {
  service = await startService();
});
after(() => service.close());

const api = () => request(service.url);

async function newJob(query = ''): Promise<{ id: string; captures: { id: string }[] }> {
  return (await api().post(`/v1/jobs?${query}`).type('application/octet-stream').send('capture').expect(202)).body;
}

describe('GET /v1/jobs/{id}', () => {
  it('shows the job through its life, with a tag that tells a change', async () => {
    const { id } = await newJob();
    const queued = await api().get(`/v1/jobs/${id}`).expect(200);
    assert.equal(queued.body.status, 'queued');
    assert.equal(queued.body.startedAt, null);
    assert.ok(Number(queued.headers['retry-after']) >= 1);
    await api().get(`/v1/jobs/${id}`).set('if-none-match', queued.headers.etag!).expect(304);

    await service.records.jobs.start(id, 'test');
    await service.records.jobs.heartbeat(id, 'test', PROGRESS);
    const active = await api().get(`/v1/jobs/${id}`).set('if-none-match', queued.headers.etag!).expect(200);
    assert.equal(active.body.status, 'active');
    assert.deepEqual(active.body.progress, PROGRESS);
    assert.deepEqual(Object.keys(active.body.links).sort(), [
      ...['cancel', 'events', 'ports', 'report', 'result', 'reuses', 'self', 'sessions', 'windows'],
    ]);

    await service.finish(id);
    const completed = await api().get(`/v1/jobs/${id}`).expect(200);
    assert.equal(completed.body.status, 'completed');
    assert.equal(completed.body.summary.code, 'no-port-problem');
    assert.ok(completed.body.startedAt <= completed.body.finishedAt);
    assert.equal(completed.headers['retry-after'], undefined);
    assert.equal(completed.body.links.cancel, undefined);
  });

  it('shows why a job failed as a problem', async () => {
    const { id } = await newJob();
    const failure = { code: 'capture-not-recognised', detail: 'capture: begins with "capture"' } as const;
    await service.finish(id, { status: 'failed', failure });
    const { body } = await api().get(`/v1/jobs/${id}`).expect(200);
    assert.equal(body.status, 'failed');
    assert.equal(body.error.code, 'capture-not-recognised');
    assert.equal(body.error.detail, failure.detail);
    const result = await api().get(`/v1/jobs/${id}/result`).expect(409);
    assert.equal(result.body.code, 'job-without-result');
    assert.match(result.body.detail, /begins with "capture"/);
  });

  it('waits for the end as long as it is asked to', async () => {
    const { id } = await newJob();
    const early = await api().get(`/v1/jobs/${id}`).set('prefer', 'respond-async, wait=0').expect(200);
    assert.equal(early.headers['preference-applied'], undefined);
    const late = await api().get(`/v1/jobs/${id}`).set('prefer', 'wait=1').expect(200);
    assert.equal(late.headers['preference-applied'], 'wait=1');
    assert.equal(late.body.status, 'queued');
    const waiting = api().get(`/v1/jobs/${id}`).set('prefer', 'wait=50').then();
    await service.finish(id);
    const ended = await waiting;
    assert.equal(ended.body.status, 'completed');
    assert.equal(ended.headers['preference-applied'], 'wait=50');
  });

  it('is a 404 for what is no job', async () => {
    for (const id of ['x', '00000000-0000-4000-8000-000000000000', '%00', '..%2f..', 'a'.repeat(300)]) {
      for (const call of [
        api().get(`/v1/jobs/${id}`),
        api().get(`/v1/jobs/${id}/result`),
        api().get(`/v1/jobs/${id}/events`),
        api().get(`/v1/jobs/${id}/tables/ports`),
        api().post(`/v1/jobs/${id}/cancel`),
        api().delete(`/v1/jobs/${id}`),
      ]) {
        const response = await call;
        assert.equal(response.status, 404, id);
        assert.match(response.headers['content-type']!, /problem\+json/);
      }
    }
  });
});

describe('POST /v1/jobs with Prefer: wait', () => {
  it('answers with the finished job', async () => {
    const waiting = api().post('/v1/jobs').set('prefer', 'wait=50').type('application/octet-stream').send('x').then();
    const before = service.queued.length;
    await eventually(() => service.queued.length > before, 'a queued job');
    await service.finish(service.queued.at(-1)!);
    const response = await waiting;
    assert.equal(response.status, 202);
    assert.equal(response.body.status, 'completed');
    assert.equal(response.headers['preference-applied'], 'wait=50');
  });
});

describe('GET /v1/jobs', () => {
  it('finds jobs by label and status, newest first, page by page', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.push((await newJob(`label.ticket=INC?77&label.n=${index}`)).id);
    await newJob('label.ticket=INC78');
    await service.finish(ids[2]!);
    const found: string[] = [];
    let next: string | null = '/v1/jobs?label.ticket=INC?77&limit=2';
    for (let pages = 0; next !== null; pages++) {
      assert.ok(pages < 3);
      const response: request.Response = await api().get(next).expect(200);
      found.push(...response.body.jobs.map((job: { id: string }) => job.id));
      const link: string | undefined = /<(.*)>; rel="next"/.exec(response.headers.link ?? '')?.[1];
      assert.equal(link === undefined, response.body.nextCursor === null);
      next = link ?? null;
    }
    assert.deepEqual(found, ids.toReversed());
    const list = async (query: string) =>
      (await api().get(`/v1/jobs?${query}`).expect(200)).body.jobs.map((job: { id: string }) => job.id);
    assert.deepEqual(await list('label.ticket=INC?77&label.n=3'), [ids[3]]);
    assert.deepEqual(await list('label.ticket=INC?77&status=completed'), [ids[2]]);
    assert.equal((await list('label.ticket=INC?77&status=completed&status=queued')).length, 5);
    assert.deepEqual(await list('label.ticket=nobody'), []);
  });

  it('refuses what it does not know', async () => {
    const cases = {
      'state=queued': 'query-unknown',
      'status=done': 'query-invalid',
      'limit=0': 'limit-invalid',
      'limit=10001': 'limit-invalid',
      'limit=': 'limit-invalid',
      'limit=1&limit=2': 'limit-invalid',
      'cursor=x': 'cursor-invalid',
      'label.=x': 'query-unknown',
      'label.a=%00': 'query-invalid',
    };
    for (const [query, code] of Object.entries(cases)) {
      const response = await api().get(`/v1/jobs?${query}`);
      assert.deepEqual([response.status, response.body.code], [400, code], query);
    }
    assert.deepEqual((await api().get('/v1/jobs?status=queued&status=done')).body.errors, [
      { parameter: 'status', detail: 'status must be queued, active, completed, failed or cancelled' },
    ]);
    await api().get('/v1/jobs?limit=10000').expect(200);
  });
});

describe('POST /v1/jobs/{id}/cancel', () => {
  it('cancels a queued job at once, and again without harm', async () => {
    const { id } = await newJob();
    const cancelled = await api().post(`/v1/jobs/${id}/cancel`).expect(202);
    assert.equal(cancelled.body.status, 'cancelled');
    assert.ok(!service.queued.includes(id));
    await api().post(`/v1/jobs/${id}/cancel`).type('application/json').expect(202);
    assert.equal((await api().get(`/v1/jobs/${id}/result`).expect(409)).body.code, 'job-without-result');
  });

  it('tells an active job, and is a conflict for one that ended', async () => {
    const { id } = await newJob();
    await service.records.jobs.start(id, 'test');
    assert.equal(
      (await api().post(`/v1/jobs/${id}/cancel`).set('content-type', 'application/json').send('{}')).status,
      202,
    );
    assert.equal(await service.records.jobs.heartbeat(id, 'test', PROGRESS), 'cancel');
    await service.finish(id);
    assert.equal((await api().post(`/v1/jobs/${id}/cancel`).expect(409)).body.code, 'job-finished');
  });
});

describe('DELETE /v1/jobs/{id}', () => {
  it('removes the job, its results and the files that came with it', async () => {
    const { id, captures } = await newJob();
    await service.writeResults(id, {});
    await service.finish(id);
    await api().get(`/v1/jobs/${id}/result`).expect(200);
    await api().delete(`/v1/jobs/${id}`).type('application/json').expect(204);
    await api().get(`/v1/jobs/${id}`).expect(404);
    await api().get(`/v1/jobs/${id}/result`).expect(404);
    await api().get(`/v1/captures/${captures[0]!.id}`).expect(404);
    assert.ok(!service.storedFiles().includes(captures[0]!.id));
    assert.equal(await service.parts.results.path(id, 'report.json'), null);
    await api().delete(`/v1/jobs/${id}`).expect(404);
  });
});

describe('GET /v1/jobs/{id}/events', () => {
  const events = (id: string) => openEvents(`${service.url}/v1/jobs/${id}/events`);

  it('tells progress as it comes, and then the end, and closes', async () => {
    const { id } = await newJob();
    const { received, ended } = await events(id);
    await eventually(() => received.length === 1, 'the first event');
    await service.records.jobs.start(id, 'test');
    await service.records.jobs.heartbeat(id, 'test', PROGRESS);
    await eventually(() => received.some(({ data }) => data.status === 'active'), 'progress');
    await service.finish(id);
    await ended;
    assert.deepEqual(
      received.map(({ event }) => event),
      [...received.slice(1).map(() => 'progress'), 'end'],
    );
    assert.deepEqual(received.at(-1)!.data, (await api().get(`/v1/jobs/${id}`)).body);
  });

  it('begins with the end for a job that ended, and tells a deletion', async () => {
    const { id } = await newJob();
    const { received, ended } = await events(id);
    await eventually(() => received.length === 1, 'the first event');
    await api().delete(`/v1/jobs/${id}`).expect(204);
    await ended;
    assert.equal(received.at(-1)!.event, 'deleted');

    const second = await newJob();
    await service.finish(second.id);
    const late = await events(second.id);
    await late.ended;
    assert.deepEqual(
      late.received.map(({ event }) => event),
      ['end'],
    );
  });
});

describe('a service that stops', () => {
  it('answers who waits and ends its streams', async () => {
    const stopping = await buildApp(service.parts);
    const url = await stopping.listen({ host: '127.0.0.1', port: 0 });
    const { id } = await newJob();
    const waiting = request(url).get(`/v1/jobs/${id}`).set('prefer', 'wait=50').then();
    const [stream] = (await once(get(`${url}/v1/jobs/${id}/events`), 'response')) as [IncomingMessage];
    const ended = once(stream.resume(), 'end');
    await stopping.close();
    assert.equal((await waiting).body.status, 'queued');
    await ended;
  });
});
