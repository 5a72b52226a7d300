/** A new capture, or a new file of evidence: as the body itself, or as the one file of a form. */
import type { FastifyRequest } from 'fastify';
import type { RawCaptureQuery } from '../contract/job.ts';
import { keepFiles } from './files.ts';
import type { Submission } from './idempotency.ts';
import type { Parts } from './parts.ts';
import { mediaTypeError, RequestError } from './problem.ts';
import { refuseQuery } from './submission.ts';
import { announcedDigest } from './uploads/digest.ts';
import { readForm } from './uploads/form.ts';
import { dispositionName } from './uploads/names.ts';
import { emptyBody, Reception, type Sink } from './uploads/receive.ts';

/** Reads the request, its file into the sink. */
export async function readUpload(request: FastifyRequest, parts: Parts, sink: Sink): Promise<Submission> {
  const reception = new Reception(sink);
  try {
    if (request.isMultipart()) await takeForm(request, reception);
    else await takeBody(request, reception);
    const files = await reception.commit();
    const { kind, name, sha256, id } = files[0]!;
    return { id, content: { kind, name, sha256 }, create: () => keepFiles(parts, files) };
  } finally {
    await reception.close();
  }
}

async function takeForm(request: FastifyRequest, reception: Reception): Promise<void> {
  refuseQuery(request, 'the part of the form has the file name, and its name is the kind');
  await readForm(request, reception, []);
  const count = reception.count('capture') + reception.count('evidence');
  if (count !== 1) throw new RequestError('request-invalid', `The form has ${count} files, but a capture is one`);
}

async function takeBody(request: FastifyRequest, reception: Reception): Promise<void> {
  if (request.body === undefined) throw emptyBody();
  if (request.body !== request.raw) throw mediaTypeError(request.headers['content-type']);
  const { filename, kind = 'capture' } = request.query as RawCaptureQuery;
  const name = filename ?? dispositionName(request.headers['content-disposition']);
  await reception.takeBody(request.raw, kind, name, announcedDigest(request.headers));
}
