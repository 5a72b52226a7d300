/** The report of a job, for programs. */
import { open } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Report } from '../../contract/report.ts';
import { PortledgerError } from '../../errors.ts';
import type { JobRecord } from '../../records/records.ts';
import type { Parts } from '../parts.ts';
import { content, JobId, problems } from '../schemas.ts';
import { isKnown } from '../views.ts';
import { noJob } from './jobs.ts';

export const RESULT_PROBLEMS = ['job-not-found', 'job-unfinished', 'job-without-result'] as const;

const resultSchema = {
  operationId: 'getResult',
  summary: 'The report of a completed job',
  params: JobId,
  response: {
    200: content('The report', { 'application/json': Report }),
    304: Type.Null(),
    ...problems(...RESULT_PROBLEMS, 'query-unknown'),
  },
};

type ResultCall = FastifyRequest<{ Params: JobId }>;

export function resultRoute(app: FastifyInstance, parts: Parts): void {
  const send = (request: ResultCall, reply: FastifyReply) => sendResult(request, reply, parts);
  app.get('/v1/jobs/:id/result', { schema: resultSchema, exposeHeadRoute: false }, send);
  app.head('/v1/jobs/:id/result', { schema: { hide: true } }, send);
}

async function sendResult(request: ResultCall, reply: FastifyReply, parts: Parts): Promise<FastifyReply> {
  const { id } = await completedJob(parts, request.params.id);
  const etag = `"${id}"`; // a result never changes: its name is as good as a digest
  reply.header('etag', etag);
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const file = await open(await resultPath(parts, id, 'report.json'));
  reply.type('application/json').header('content-length', (await file.stat()).size);
  if (request.method === 'GET') return reply.send(file.createReadStream());
  await file.close();
  return reply.send();
}

/** Throws `job-unfinished`, or `job-without-result` for one that ended otherwise. */
export async function completedJob({ records }: Parts, id: string): Promise<JobRecord> {
  const job = await records.jobs.find(id);
  if (job === null) throw noJob(id);
  if (job.status === 'completed') return job;
  if (job.status === 'queued' || job.status === 'active') {
    throw new PortledgerError('job-unfinished', `The job is ${job.status}; its result comes when it is completed`);
  }
  const why = job.failure === null ? '' : `: ${job.failure.detail}`;
  throw new PortledgerError('job-without-result', `The job is ${job.status} and has no result${why}`);
}

/** The record and the files go one after the other when a job is deleted: between them it is as good as gone. */
export async function resultPath({ results }: Parts, id: string, file: string): Promise<string> {
  const path = await results.path(id, file);
  if (path === null) throw noJob(id);
  return path;
}
