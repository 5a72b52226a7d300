/** What is under way on each connection. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { isAtItsEnd } from '../lingering.ts';

/** Answers to requests that were sent in one go wait for each other in memory; no client sends so many. */
const MOST_AT_ONCE = 128;

const answers = new WeakMap<Socket, Set<ServerResponse>>();

export function installConnections(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw: { socket } }, reply) => {
    const here = answers.get(socket) ?? new Set();
    // Behind an answer that was the last on its connection nothing is done any more (RFC 9112 section 9.6).
    if (isAtItsEnd(socket) || here.size >= MOST_AT_ONCE) {
      reply.hijack();
      socket.destroy();
      return;
    }
    answers.set(socket, here.add(reply.raw));
    reply.raw.once('close', () => here.delete(reply.raw));
  });
}

/** Whether the head of an answer is out, so that no other one can be given in the middle of it. */
export function isAnswering(socket: Socket): boolean {
  return [...(answers.get(socket) ?? [])].some(({ headersSent }) => headersSent);
}
