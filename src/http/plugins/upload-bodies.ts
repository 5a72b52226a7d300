/** Bodies of uploads: streams of captures and forms, and JSON whose digest is checked as theirs is. */
import { createHash } from 'node:crypto';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mediaTypeError } from '../problem.ts';
import { announcedDigest, checkDigest } from '../uploads/digest.ts';
import { FORM_LIMITS } from '../uploads/form.ts';

/** The first is the one to recommend. What a capture is, its bytes say: compressed ones are taken under each of these. */
export const CAPTURE_TYPES = [
  'application/vnd.tcpdump.pcap',
  'application/x-pcapng',
  'application/octet-stream',
  'application/gzip',
  'application/x-gzip',
  'application/zstd',
  'application/zip',
] as const;

/** For a scope whose routes take uploads. The body of such a request is the request itself, still unread. */
export async function installUploadBodies(scope: FastifyInstance): Promise<void> {
  await scope.register(multipart, { limits: FORM_LIMITS, throwFileSizeLimit: false });
  scope.addContentTypeParser([...CAPTURE_TYPES], async (request: FastifyRequest) => request.raw);
  scope.removeContentTypeParser('application/json');
  const parseJson = scope.getDefaultJsonParser('error', 'error');
  scope.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      checkDigest(announcedDigest(request.headers), createHash('sha256').update(body).digest('hex'));
      parseJson(request, body.toString(), done);
    } catch (error) {
      done(error as Error);
    }
  });
  // A body that names no type is what it is (RFC 9110 section 8.3); one that names another type is not taken.
  scope.addContentTypeParser('*', async (request: FastifyRequest) => {
    if (request.headers['content-type'] === undefined) return request.raw;
    throw mediaTypeError(request.headers['content-type']);
  });
}
