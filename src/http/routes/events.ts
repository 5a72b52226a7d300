/** `GET /v1/jobs/{id}/events`: server-sent events. Each one carries the job; the last one is its end. */
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { JobRecord, JobRecords } from '../../records/records.ts';
import type { Parts } from '../parts.ts';
import { content, JobId, problems, Text } from '../schemas.ts';
import { isFinal, jobView } from '../views.ts';
import { untilGone } from '../waiting.ts';
import { noJob } from './jobs.ts';

const POLL_MS = 500;
/** Proxies close a connection that is silent for long. */
const HEARTBEAT_MS = 15_000;

const eventsSchema = {
  operationId: 'watchJob',
  summary: 'Progress of a job, as server-sent events',
  description: 'Events `progress` and then one `end`, each with the job as data. A deleted job ends with `deleted`.',
  params: JobId,
  response: {
    200: content('The events', { 'text/event-stream': Text }),
    ...problems('job-not-found', 'query-unknown'),
  },
};

export function eventRoute(app: FastifyInstance, { records }: Parts, stopping: AbortSignal): void {
  const options = { schema: eventsSchema, exposeHeadRoute: false };
  app.get<{ Params: JobId }>('/v1/jobs/:id/events', options, async (request, reply) => {
    const job = await records.jobs.find(request.params.id);
    if (job === null) throw noJob(request.params.id);
    reply.type('text/event-stream').headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    return reply.send(Readable.from(eventsOf(job, records.jobs, untilGone(reply, stopping))));
  });
}

async function* eventsOf(first: JobRecord, jobs: JobRecords, signal: AbortSignal): AsyncGenerator<string> {
  let sent = '';
  let sentAt = 0;
  for (let job: JobRecord | null = first; !signal.aborted; job = await jobs.find(first.id)) {
    if (job === null) return yield eventText('deleted', JSON.stringify({ id: first.id }));
    const view = JSON.stringify(jobView(job));
    if (isFinal(job)) return yield eventText('end', view);
    if (view !== sent || performance.now() - sentAt > HEARTBEAT_MS) {
      yield view === sent ? ': still there\n\n' : eventText('progress', view);
      sent = view;
      sentAt = performance.now();
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

const eventText = (event: string, json: string) => `event: ${event}\ndata: ${json}\n\n`;
