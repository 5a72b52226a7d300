/** Links between pages (RFC 8288). */
import type { FastifyReply, FastifyRequest } from 'fastify';

/** `Link: rel="next"`: the same query with the next cursor; none at the end. */
export function nextLink(request: FastifyRequest, reply: FastifyReply, cursor: string | null): void {
  if (cursor === null) return;
  const fields = queryFields(request);
  fields.set('cursor', cursor);
  reply.header('link', `<${request.url.split('?', 1)[0]}?${fields}>; rel="next"`);
}

/** The query begins at the first question mark; others belong to it (RFC 3986 section 3.4). */
export function queryFields({ url }: FastifyRequest): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}
