/** `POST /v1/jobs`: the main job of the service. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { AnalysisOptions, Job, JobRequest, Labels, RawJobQuery, Webhook } from '../../contract/job.ts';
import { performOnce } from '../idempotency.ts';
import type { Parts } from '../parts.ts';
import { CAPTURE_TYPES } from '../plugins/upload-bodies.ts';
import { Bytes, content, problems, SubmissionHeaders } from '../schemas.ts';
import { readSubmission } from '../submission.ts';
import { preferredWait, untilGone, waitForEnd } from '../waiting.ts';
import { noJob, sendJob } from './jobs.ts';

const JobFormBody = Type.Object({
  file: Type.Array(Bytes, { minItems: 1, description: 'captures, as one timeline' }),
  evidence: Type.Optional(Type.Array(Bytes, { description: 'netstat, Get-NetTCPConnection, netsh, event exports' })),
  options: Type.Optional(AnalysisOptions),
  labels: Type.Optional(Labels),
  webhook: Type.Optional(Webhook),
});

const body = content('The captures, or which ones', {
  'application/json': JobRequest,
  'multipart/form-data': JobFormBody,
  ...Object.fromEntries(CAPTURE_TYPES.map((type) => [type, Bytes])),
});

/** What may be wrong with files on their way in. */
export const UPLOAD_PROBLEMS = [
  'body-empty',
  'body-malformed',
  'body-incomplete',
  'digest-mismatch',
  'digest-unsupported',
  'field-unknown',
  'request-invalid',
  'query-unknown',
  'query-invalid',
  'idempotency-key-invalid',
  'body-too-slow',
  'idempotency-in-flight',
  'body-too-large',
  'media-type-unsupported',
  'idempotency-mismatch',
  'origin-refused',
  'storage-full',
] as const;

const SUBMISSION_PROBLEMS = [
  ...UPLOAD_PROBLEMS,
  'option-unknown',
  'option-invalid',
  'webhook-address-refused',
  'capture-not-found',
  // deleted while its end was waited for
  'job-not-found',
] as const;

const submissionSchema = {
  operationId: 'createJob',
  summary: 'Submits captures for analysis',
  description: 'The query belongs to a body that is the capture itself; forms and JSON have fields.',
  headers: SubmissionHeaders,
  querystring: RawJobQuery,
  body,
  response: { 202: Job, ...problems(...SUBMISSION_PROBLEMS) },
};

export function submissionRoute(scope: FastifyInstance, parts: Parts, stopping: AbortSignal): void {
  scope.post('/v1/jobs', { schema: submissionSchema }, async (request, reply) => {
    const { id, replayed } = await performOnce(request, parts, (sink) => readSubmission(request, parts, sink));
    const seconds = preferredWait(request.headers.prefer);
    const job = await waitForEnd(parts.records.jobs, id, seconds, untilGone(reply, stopping));
    if (job === null) throw noJob(id);
    reply.code(202).header('location', `/v1/jobs/${id}`);
    if (replayed) reply.header('idempotency-replayed', 'true');
    if (seconds > 0) reply.header('preference-applied', `wait=${seconds}`);
    return sendJob(reply, request, job);
  });
}
