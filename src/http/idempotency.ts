/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that is sent again is answered with what the
 * first one made. Keys of different API keys and routes are different keys. What was deleted is made anew: nothing is left
 * that a repeat could be answered with.
 */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { PortledgerError } from '../errors.ts';
import { keepingSink } from './files.ts';
import type { Parts } from './parts.ts';
import { measuringSink } from './uploads/measure.ts';
import type { Sink } from './uploads/receive.ts';

/** A request that was read and found right, its files in the sink. */
export interface Submission {
  /** Of the resource to be. */
  readonly id: string;
  /** What makes two requests the same. */
  readonly content: unknown;
  /** Makes the resource; what fails leaves nothing behind. */
  create(): Promise<void>;
}

export interface Performed {
  readonly id: string;
  readonly replayed: boolean;
}

/** `read` reads the request into the sink; the submission is created once for each key. */
export async function performOnce(
  request: FastifyRequest,
  parts: Parts,
  read: (sink: Sink) => Promise<Submission>,
): Promise<Performed> {
  const key = keyOf(request);
  if (key === null) return create(await read(keepingSink(parts)));
  const scope = `${request.keyName ?? ''} ${request.method} ${request.routeOptions.url}`;
  const outcome = await parts.records.idempotency.claim(scope, key);
  if (outcome.outcome === 'in-flight') {
    throw inFlight(key);
  }
  if (outcome.outcome === 'done') {
    const again = await read(measuringSink(await parts.captures.roomBytes()));
    if (fingerprintOf(again.content) === outcome.fingerprint) return { id: outcome.resourceId, replayed: true };
    throw new PortledgerError('idempotency-mismatch', `The key "${key}" was used for a request with another content`);
  }
  const { claim } = outcome;
  try {
    const submission = await read(keepingSink(parts));
    if (!(await claim.announce(fingerprintOf(submission.content), submission.id))) throw inFlight(key);
    const made = await create(submission);
    await claim.complete();
    return made;
  } catch (error) {
    await claim.release();
    throw error;
  }
}

async function create(submission: Submission): Promise<Performed> {
  await submission.create();
  return { id: submission.id, replayed: false };
}

function inFlight(key: string): PortledgerError {
  return new PortledgerError('idempotency-in-flight', `The first request with the key "${key}" is still being read`);
}

function keyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new PortledgerError('idempotency-key-invalid', 'An Idempotency-Key has 1 to 255 visible ASCII characters');
}

function fingerprintOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content, withSortedKeys)).digest('hex');
}

/** The order of keys in an object says nothing. */
function withSortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
