/** Captures and evidence by themselves: uploaded once, analysed as often as wanted. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { Capture, CaptureListQuery, CapturePage, RawCaptureQuery } from '../../contract/job.ts';
import { PortledgerError } from '../../errors.ts';
import type { CaptureRecord } from '../../records/records.ts';
import { performOnce } from '../idempotency.ts';
import { nextLink } from '../paging.ts';
import type { Parts } from '../parts.ts';
import { CAPTURE_TYPES } from '../plugins/upload-bodies.ts';
import { type ByteRange, rangeOf } from '../ranges.ts';
import { Bytes, CaptureId, content, problems, UploadHeaders } from '../schemas.ts';
import { readUpload } from '../upload.ts';
import { digestField } from '../uploads/digest.ts';
import { attachment } from '../uploads/names.ts';
import { captureView, isKnown } from '../views.ts';
import { UPLOAD_PROBLEMS } from './submission.ts';

const CaptureForm = Type.Object({ file: Type.Optional(Bytes), evidence: Type.Optional(Bytes) });

const uploadBody = content('The file itself, or a form with one file', {
  ...Object.fromEntries(CAPTURE_TYPES.map((type) => [type, Bytes])),
  'multipart/form-data': CaptureForm,
});

const uploadSchema = {
  operationId: 'createCapture',
  summary: 'Uploads one capture, or one file of evidence',
  headers: UploadHeaders,
  querystring: RawCaptureQuery,
  body: uploadBody,
  response: { 201: Capture, ...problems(...UPLOAD_PROBLEMS, 'capture-not-found') },
};

export function uploadRoute(scope: FastifyInstance, parts: Parts): void {
  scope.post('/v1/captures', { schema: uploadSchema }, async (request, reply) => {
    const { id, replayed } = await performOnce(request, parts, (sink) => readUpload(request, parts, sink));
    const capture = await wanted(parts, id);
    if (replayed) reply.header('idempotency-replayed', 'true');
    reply.code(201).headers({ location: `/v1/captures/${id}`, 'repr-digest': digestField(capture.sha256) });
    return captureView(capture);
  });
}

export function captureRoutes(app: FastifyInstance, parts: Parts): void {
  app.get<{ Querystring: CaptureListQuery }>('/v1/captures', { schema: listSchema }, (request, reply) =>
    listCaptures(request, reply, parts),
  );
  app.get<{ Params: CaptureId }>('/v1/captures/:id', { schema: getSchema }, async (request) =>
    captureView(await wanted(parts, request.params.id)),
  );
  const send = async (request: CaptureCall, reply: FastifyReply) =>
    sendContent(request, reply, parts, await wanted(parts, request.params.id));
  app.get('/v1/captures/:id/content', { schema: contentSchema, exposeHeadRoute: false }, send);
  app.head('/v1/captures/:id/content', { schema: { hide: true } }, send);
  app.delete<{ Params: CaptureId }>('/v1/captures/:id', { schema: deleteSchema }, (request, reply) =>
    deleteCapture(request, reply, parts),
  );
}

type CaptureCall = FastifyRequest<{ Params: CaptureId }>;

const listSchema = {
  operationId: 'listCaptures',
  summary: 'Captures and evidence, newest first',
  querystring: CaptureListQuery,
  response: { 200: CapturePage, ...problems('query-unknown', 'limit-invalid', 'cursor-invalid') },
};

async function listCaptures(
  request: FastifyRequest<{ Querystring: CaptureListQuery }>,
  reply: FastifyReply,
  { records }: Parts,
): Promise<Static<typeof CapturePage>> {
  const page = await records.captures.list({ ...request.query, limit: request.query.limit ?? 100 });
  nextLink(request, reply, page.nextCursor);
  return { captures: page.captures.map(captureView), nextCursor: page.nextCursor };
}

const getSchema = {
  operationId: 'getCapture',
  summary: 'A capture: its name, size and digest',
  params: CaptureId,
  response: { 200: Capture, ...problems('capture-not-found', 'query-unknown') },
};

const deleteSchema = {
  operationId: 'deleteCapture',
  summary: 'Removes a capture; finished jobs keep their results',
  params: CaptureId,
  response: { 204: Type.Null(), ...problems('capture-not-found', 'capture-in-use', 'query-unknown', 'origin-refused') },
};

async function deleteCapture(
  { params: { id } }: CaptureCall,
  reply: FastifyReply,
  { records, captures }: Parts,
): Promise<FastifyReply> {
  const outcome = await records.captures.remove(id);
  if (outcome === 'absent') throw noCapture(id);
  if (outcome === 'in-use') {
    throw new PortledgerError('capture-in-use', 'A job that is not finished needs the capture: cancel it, or wait');
  }
  await captures.delete(id);
  return reply.code(204).send();
}

const contentSchema = {
  operationId: 'getCaptureContent',
  summary: 'The file as it was uploaded; one byte range can be asked for',
  params: CaptureId,
  response: {
    200: content('The file', { 'application/octet-stream': Bytes }),
    206: content('The range', { 'application/octet-stream': Bytes }),
    304: Type.Null(),
    ...problems('capture-not-found', 'range-not-satisfiable', 'query-unknown'),
  },
};

async function sendContent(
  request: FastifyRequest,
  reply: FastifyReply,
  { captures }: Parts,
  { id, name, bytes, sha256 }: CaptureRecord,
): Promise<FastifyReply> {
  const etag = `"${sha256}"`;
  reply.headers({ etag, 'accept-ranges': 'bytes', 'repr-digest': digestField(sha256) });
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const range = wantedRange(request, reply, etag, bytes);
  reply.headers({
    'content-length': range === null ? bytes : range.end - range.start + 1,
    'content-disposition': attachment(name),
  });
  reply.type('application/octet-stream');
  return request.method === 'HEAD' ? reply.send() : reply.send(await captures.read(id, range ?? undefined));
}

/** Also tells the client: `Content-Range` of a part, or of none (416). */
function wantedRange({ headers }: FastifyRequest, reply: FastifyReply, etag: string, bytes: number): ByteRange | null {
  reply.header('content-range', `bytes */${bytes}`);
  const range = rangeOf(headers.range, headers['if-range'] as string | undefined, etag, bytes);
  if (range === null) reply.removeHeader('content-range');
  else reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes}`);
  return range;
}

async function wanted({ records }: Parts, id: string): Promise<CaptureRecord> {
  const capture = await records.captures.find(id);
  if (capture === null) throw noCapture(id);
  return capture;
}

const noCapture = (id: string) => new PortledgerError('capture-not-found', `There is no capture "${id.slice(0, 64)}"`);
