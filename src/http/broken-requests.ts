/** Answers for what no route can answer, being no HTTP request: there is no reply object, only the socket. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyInstance } from 'fastify';
import { problemOf } from '../contract/problem.ts';
import type { ErrorCode } from '../errors.ts';
import { closeInTime } from './lingering.ts';
import { isAnswering } from './plugins/connections.ts';
import { PROBLEM_TYPE, statusOf } from './problem.ts';

const BROKEN: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  HPE_INVALID_EOF_STATE: ['body-incomplete', 'The connection was closed before the end of the request'],
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'The head of a request may have 16 KiB'],
  ERR_HTTP_REQUEST_TIMEOUT: ['body-too-slow', 'The head of the request did not come in time'],
};

/** Without a listener, Node closes a connection that is to be a tunnel and says nothing. */
export function refuseTunnels(app: FastifyInstance): void {
  app.server.on('connect', (_request, socket: Socket) => {
    answerLast(socket, 'method-not-allowed', 'CONNECT is not allowed here: this is no proxy');
  });
}

export function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) return void socket.destroy();
  const [code, detail] = BROKEN[error.code ?? ''] ?? ['request-invalid', 'This is not an HTTP request'];
  answerLast(socket, code, detail);
}

/** Writes the problem, and nothing follows it. */
function answerLast(socket: Socket, code: ErrorCode, detail: string): void {
  const status = statusOf(code);
  const body = JSON.stringify(problemOf(code, status, detail));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  if (status === 408) socket.destroySoon();
  // The parser would find the next octets broken, too.
  else closeInTime(socket.removeAllListeners('data').on('data', () => undefined));
}
