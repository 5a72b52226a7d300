/** Media types of bodies that are streams: captures as they are, and forms. */
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mediaTypeError } from '../problem.ts';
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
  // A body that names no type is what it is (RFC 9110 section 8.3); one that names another type is not taken.
  scope.addContentTypeParser('*', async (request: FastifyRequest) => {
    if (request.headers['content-type'] === undefined) return request.raw;
    throw mediaTypeError(request.headers['content-type']);
  });
}
