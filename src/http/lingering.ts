/**
 * The end of a connection whose client still sends. What arrives at a closed socket is answered with a reset, and a reset
 * takes away what the client has not read yet: the answer (RFC 9112 section 9.6). So the answer goes out, then the end of
 * our side, and what still comes is read and dropped, within bounds.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

export interface Bounds {
  readonly bytes: number;
  readonly milliseconds: number;
  readonly silentMilliseconds: number;
}

const BOUNDS: Bounds = { bytes: 2 ** 30, milliseconds: 30_000, silentMilliseconds: 5_000 };

const LOOK_MS = 200;

const lingering = new WeakSet<Socket>();

/** Whether the last answer on the connection is given: what comes now is not to be acted upon. */
export const isAtItsEnd = (socket: Socket): boolean => lingering.has(socket);

/** To be called before a request is answered whose body is not read to its end. */
export function lingerAfterAnswer(request: IncomingMessage, bounds = BOUNDS): void {
  const { socket } = request;
  const close = socket.destroySoon;
  // This is what Node calls when the answer is written and the connection is not to be used again.
  socket.destroySoon = () => {
    if (request.complete || socket.destroyed) return close.call(socket);
    socket.end();
    request.unpipe().resume();
    request.once('end', () => socket.destroy());
    closeInTime(socket, bounds);
  };
}

/** Closes the socket, whose incoming bytes somebody drops, when they were enough or come no more. Our side has ended. */
export function closeInTime(socket: Socket, bounds = BOUNDS): void {
  if (lingering.has(socket)) return;
  lingering.add(socket);
  const [begun, first] = [performance.now(), socket.bytesRead];
  let [moved, seen] = [begun, first];
  // Node gives the bytes of a body that nobody has read to nobody: they can only be counted.
  const look = () => {
    const now = performance.now();
    if (socket.bytesRead > seen) [moved, seen] = [now, socket.bytesRead];
    const silent = now - moved >= bounds.silentMilliseconds;
    if (silent || now - begun >= bounds.milliseconds || seen - first > bounds.bytes) socket.destroy();
  };
  const timer = setInterval(look, Math.min(LOOK_MS, bounds.silentMilliseconds / 5));
  socket.once('close', () => clearInterval(timer));
}
