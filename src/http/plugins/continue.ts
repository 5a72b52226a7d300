/**
 * A client that asks before it sends a body (`Expect: 100-continue`, RFC 9110 section 10.1.1) is told when the body is
 * about to be read: gigabytes are not sent to learn that a key is missing or that they are too many.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

const asking = new WeakMap<IncomingMessage, ServerResponse>();

export function installContinue(app: FastifyInstance): void {
  app.server.on('checkContinue', (request, response) => {
    asking.set(request, response);
    app.routing(request, response);
  });
  // JSON is read before any handler runs.
  app.addHook('preParsing', async ({ headers, raw }) => {
    if (headers['content-type']?.startsWith('application/json')) letSend(raw);
  });
}

/** To be called by whoever reads a body. */
export function letSend(request: IncomingMessage): void {
  asking.get(request)?.writeContinue();
  asking.delete(request);
}
