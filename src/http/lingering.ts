/**
 * The end of a connection whose client still sends. What arrives at a closed socket is answered with a reset, and a reset
 * takes away what the client has not read yet: the answer (RFC 9112 section 9.6). So the answer goes out, then the end of
 * our side, and what still comes is read and dropped, within bounds.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

export interface Bounds {
  readonly bytes: number;
  readonly milliseconds: number;
  readonly silentMilliseconds: number;
}

const BOUNDS: Bounds = { bytes: 2 ** 30, milliseconds: 30_000, silentMilliseconds: 5_000 };

const lingering = new WeakSet<Socket>();

/** Whether the last answer on the connection is given: what comes now is not to be acted upon. */
export const isAtItsEnd = (socket: Socket): boolean => lingering.has(socket);

/** To be called before a request is answered whose body is not read to its end. */
export function lingerAfterAnswer(request: IncomingMessage): void {
  const { socket } = request;
  const close = socket.destroySoon;
  // This is what Node calls when the answer is written and the connection is not to be used again.
  socket.destroySoon = () => {
    if (request.complete || socket.destroyed) return close.call(socket);
    socket.end();
    request.unpipe();
    request.once('end', () => socket.destroy());
    dropRest(socket, request);
  };
}

/** Reads what still comes from the source, and closes the socket when it was enough. Our side has ended. */
export function dropRest(socket: Socket, source: Readable, bounds = BOUNDS): void {
  if (lingering.has(socket)) return;
  lingering.add(socket);
  let left = bounds.bytes;
  const close = () => socket.destroy();
  const silence = setTimeout(close, bounds.silentMilliseconds);
  const patience = setTimeout(close, bounds.milliseconds);
  source.on('data', ({ length }: Buffer) => {
    silence.refresh();
    left -= length;
    if (left < 0) close();
  });
  source.resume();
  socket.once('close', () => {
    clearTimeout(silence);
    clearTimeout(patience);
  });
}
