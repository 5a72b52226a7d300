/**
 * Bodies that stand still are cut off. There is no limit for the whole of an upload, which may take hours; each stretch
 * of time has to bring something.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PortledgerError } from '../../errors.ts';
import { sendProblem } from '../problem.ts';

/** Less than this in one stretch is a client that holds a connection, not one that sends. */
const MIN_BYTES = 1024;

export function installBodyPace(app: FastifyInstance, idleSeconds: number): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!hasBody(request)) return;
    watchPace(request, idleSeconds, () => {
      // An answer that did not need the body is out; while one is on its way, its own pace counts.
      if (reply.raw.writableFinished) request.raw.socket.destroy();
      if (reply.sent) return;
      const seconds = `${idleSeconds} s`;
      const error = new PortledgerError('body-too-slow', `Less than ${MIN_BYTES} bytes came within ${seconds}`);
      // Node tells a request that was answered nothing of its connection's end: whoever still reads it would wait forever.
      request.raw.socket.once('close', () => request.raw.destroy(error));
      sendProblem(error, request, reply);
    });
  });
}

function hasBody({ headers }: FastifyRequest): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function watchPace({ raw }: FastifyRequest, idleSeconds: number, onStandstill: () => void): void {
  let seen = raw.socket.bytesRead;
  const timer = setInterval(() => {
    const now = raw.socket.bytesRead;
    if (raw.complete) return clearInterval(timer);
    if (now - seen >= MIN_BYTES) seen = now;
    else {
      clearInterval(timer);
      onStandstill();
    }
  }, idleSeconds * 1000);
  raw.once('close', () => clearInterval(timer));
}
