/** Header fields of every answer. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const FIELDS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'private, no-cache',
};

export function installHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => void setHeaders(request, reply));
}

/** For answers that are given before any hook runs. */
export function setHeaders(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.headers({ ...FIELDS, 'x-request-id': request.id });
}
