/** Jobs: made, listed, watched, cancelled, deleted. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { Job, JobListQuery, JobPage } from '../../contract/job.ts';
import { PortledgerError } from '../../errors.ts';
import type { JobRecord } from '../../records/records.ts';
import { nextLink } from '../paging.ts';
import type { Parts } from '../parts.ts';
import { JobId, problems, WaitHeaders } from '../schemas.ts';
import { labelsOf } from '../submission.ts';
import { etagOf, isFinal, isKnown, jobView } from '../views.ts';
import { preferredWait, untilGone, waitForEnd } from '../waiting.ts';

/** How long a client that polls had better wait. */
export const RETRY_SECONDS = 1;

export function jobRoutes(app: FastifyInstance, parts: Parts, stopping: AbortSignal): void {
  app.get<{ Querystring: JobListQuery }>('/v1/jobs', { schema: listSchema }, (request, reply) =>
    listJobs(request, reply, parts),
  );
  app.get<{ Params: JobId }>('/v1/jobs/:id', { schema: getSchema }, async (request, reply) =>
    sendJob(reply.code(200), request, await awaitedJob(request, reply, parts, stopping)),
  );
  app.post<{ Params: JobId }>('/v1/jobs/:id/cancel', { schema: cancelSchema }, (request, reply) =>
    cancelJob(request, reply, parts),
  );
  app.delete<{ Params: JobId }>('/v1/jobs/:id', { schema: deleteSchema }, (request, reply) =>
    deleteJob(request, reply, parts),
  );
}

type JobCall = FastifyRequest<{ Params: JobId }>;

const listSchema = {
  operationId: 'listJobs',
  summary: 'Jobs, newest first',
  querystring: JobListQuery,
  response: { 200: JobPage, ...problems('query-unknown', 'query-invalid', 'limit-invalid', 'cursor-invalid') },
};

async function listJobs(
  request: FastifyRequest<{ Querystring: JobListQuery }>,
  reply: FastifyReply,
  { records }: Parts,
): Promise<Static<typeof JobPage>> {
  const { status, limit = 100, cursor } = request.query;
  const page = await records.jobs.list({ labels: labelsOf(request.query), statuses: status, limit, cursor });
  nextLink(request, reply, page.nextCursor);
  return { jobs: page.jobs.map(jobView), nextCursor: page.nextCursor };
}

const getSchema = {
  operationId: 'getJob',
  summary: 'A job: its status, progress and links',
  headers: WaitHeaders,
  params: JobId,
  response: { 200: Job, 304: Type.Null(), ...problems('job-not-found', 'query-unknown') },
};

async function awaitedJob(
  { headers, params }: JobCall,
  reply: FastifyReply,
  { records }: Parts,
  stopping: AbortSignal,
): Promise<JobRecord> {
  const seconds = preferredWait(headers.prefer);
  const job = await waitForEnd(records.jobs, params.id, seconds, untilGone(reply, stopping));
  if (job === null) throw noJob(params.id);
  if (seconds > 0) reply.header('preference-applied', `wait=${seconds}`);
  return job;
}

const cancelSchema = {
  operationId: 'cancelJob',
  summary: 'Stops a job',
  description: 'An active job becomes cancelled when its worker has stopped: within about a second.',
  params: JobId,
  response: { 202: Job, ...problems('job-not-found', 'job-finished', 'query-unknown', 'origin-refused') },
};

async function cancelJob(request: JobCall, reply: FastifyReply, { records, queues }: Parts): Promise<FastifyReply> {
  const { id } = request.params;
  const cancelled = await records.jobs.cancel(id);
  if (cancelled === null) throw noJob(id);
  const { job, deliveryId } = cancelled;
  if (isFinal(job) && job.status !== 'cancelled') {
    throw new PortledgerError('job-finished', `The job is ${job.status}: there is nothing to cancel`);
  }
  // Both are put right from the records when the queue cannot be reached.
  if (deliveryId !== null) await queues.deliveries.add(deliveryId).catch(warn(request));
  if (isFinal(job)) await queues.analyses.remove(id).catch(warn(request));
  return reply.code(202).send(jobView(job));
}

const deleteSchema = {
  operationId: 'deleteJob',
  summary: 'Removes a job, its results, and the files that came with it',
  description: 'A job that runs is stopped. Captures that were uploaded by themselves stay.',
  params: JobId,
  response: { 204: Type.Null(), ...problems('job-not-found', 'query-unknown', 'origin-refused') },
};

async function deleteJob(request: JobCall, reply: FastifyReply, parts: Parts): Promise<FastifyReply> {
  const { id } = request.params;
  const removed = await parts.records.jobs.remove(id);
  if (removed === null) throw noJob(id);
  await parts.queues.analyses.remove(id).catch(warn(request));
  await parts.results.delete(id);
  for (const captureId of removed.captureIds) await parts.captures.delete(captureId);
  return reply.code(204).send();
}

/** The job, or 304 when the client has it as it is. */
export function sendJob(reply: FastifyReply, request: FastifyRequest, job: JobRecord): FastifyReply {
  const view = jobView(job);
  const etag = etagOf(view);
  reply.header('etag', etag);
  if (!isFinal(job)) reply.header('retry-after', RETRY_SECONDS);
  if (request.method === 'GET' && isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.send(view);
}

export const noJob = (id: string) => new PortledgerError('job-not-found', `There is no job "${id.slice(0, 64)}"`);

const warn = (request: FastifyRequest) => (error: unknown) => request.log.warn({ err: error }, 'queue not told');
