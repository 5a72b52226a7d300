/**
 * What clients may expect (RFC 9110 section 10.1.1): one that asks before it sends a body (`Expect: 100-continue`) is told
 * when the body is about to be read, so that gigabytes are not sent to learn that a key is missing or that they are too
 * many. Nothing else can be expected.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { PortledgerError } from '../../errors.ts';

const asking = new WeakMap<IncomingMessage, ServerResponse>();
const expecting = new WeakSet<IncomingMessage>();

export function installExpectations(app: FastifyInstance): void {
  app.server.on('checkContinue', (request, response) => {
    asking.set(request, response);
    app.routing(request, response);
  });
  app.server.on('checkExpectation', (request, response) => {
    expecting.add(request);
    app.routing(request, response);
  });
  app.addHook('onRequest', async ({ raw }) => {
    if (!expecting.has(raw)) return;
    const expected = raw.headers.expect!.slice(0, 80);
    throw new PortledgerError(
      'expectation-failed',
      `The request expects "${expected}": only 100-continue is known here`,
    );
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
