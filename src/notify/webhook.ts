/** One call of a webhook, by the Standard Webhooks specification 1.0.0. */
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import { PortledgerError } from '../errors.ts';
import { type Allowed, checkedLookup, checkLiteralAddress } from './addresses.ts';
import { messageOf } from './message.ts';
import type { DeliveryOutcome, EndedJob, Notifier } from './notifier.ts';

const TIMEOUT_MS = 15_000;
/** A reply says nothing that is needed, so only so much of it is read. */
const MAX_REPLY_BYTES = 64 * 1024;
/** A receiver may put a call off, not out of sight. */
const MAX_RETRY_AFTER_SECONDS = 24 * 3600;

/** Throws `request-invalid` when nothing can be signed with this secret. */
export function checkWebhookSecret(secret: string): void {
  try {
    new Webhook(secret);
  } catch (cause) {
    throw new PortledgerError('request-invalid', "The webhook's secret is not whsec_ and base64 behind it", { cause });
  }
}

export function createNotifier(allowed: Allowed, timeoutMs: number = TIMEOUT_MS): Notifier {
  return { deliver: (deliveryId, job, signal) => deliver(deliveryId, job, signal, allowed, timeoutMs) };
}

async function deliver(
  deliveryId: string,
  job: EndedJob,
  signal: AbortSignal,
  allowed: Allowed,
  timeoutMs: number,
): Promise<DeliveryOutcome> {
  // An agent of its own: no connection outlives the check of its address.
  const agent = new Agent({ connect: { lookup: checkedLookup(allowed) } });
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    checkLiteralAddress(allowed, job.webhook.url);
    return await post(deliveryId, job, agent, AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (timeout.aborted) return { outcome: 'retry', answer: `no answer within ${timeoutMs / 1000} s` };
    return failureOf(error);
  } finally {
    await agent.destroy();
  }
}

async function post(id: string, job: EndedJob, dispatcher: Agent, signal: AbortSignal): Promise<DeliveryOutcome> {
  const now = new Date();
  const body = messageOf(job);
  const reply = await request(job.webhook.url, {
    method: 'POST',
    dispatcher,
    signal,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'portledger',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(job.webhook.secret).sign(id, now, body),
    },
  });
  // The status decides; what becomes of the rest of the reply does not change it.
  await reply.body.dump({ limit: MAX_REPLY_BYTES, signal }).catch(() => undefined);
  return outcomeOf(reply.statusCode, reply.headers['retry-after']);
}

function outcomeOf(status: number, retryAfter: string | string[] | undefined): DeliveryOutcome {
  if (status >= 200 && status < 300) return { outcome: 'delivered', answer: `status ${status}` };
  if (status === 410) return { outcome: 'given-up', answer: 'status 410: the receiver wants no more calls' };
  const redirect = status >= 300 && status < 400;
  const answer = `status ${status}${redirect ? ': redirects are not followed' : ''}`;
  const afterSeconds = secondsOf(retryAfter);
  return afterSeconds === null ? { outcome: 'retry', answer } : { outcome: 'retry', answer, afterSeconds };
}

/** Retry-After: seconds, or an HTTP date (RFC 9110 section 10.2.3). */
function secondsOf(retryAfter: string | string[] | undefined): number | null {
  if (typeof retryAfter !== 'string') return null;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return seconds > 0 ? Math.min(Math.ceil(seconds), MAX_RETRY_AFTER_SECONDS) : null;
}

function failureOf(error: unknown): DeliveryOutcome {
  const answer = error instanceof Error ? error.message || error.name : 'the receiver could not be called';
  const refused = error instanceof PortledgerError && error.code === 'webhook-address-refused';
  return { outcome: refused ? 'given-up' : 'retry', answer };
}
