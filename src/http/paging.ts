/** Links between pages (RFC 8288). */
import type { FastifyReply, FastifyRequest } from 'fastify';

/** `Link: rel="next"`: the same query with the next cursor; none at the end. */
export function nextLink(request: FastifyRequest, reply: FastifyReply, cursor: string | null): void {
  if (cursor === null) return;
  const [path = '', query = ''] = request.url.split('?', 2);
  const fields = new URLSearchParams(query);
  fields.set('cursor', cursor);
  reply.header('link', `<${path}?${fields}>; rel="next"`);
}
