/**
 * Names under which the service is asked. Where it listens on loopback and needs no key, a page of any site could have its
 * own name point to 127.0.0.1 and read captures through the browser (DNS rebinding): there only names are taken that
 * nobody else can have.
 */
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PortledgerError } from '../../errors.ts';
import type { Parts } from '../parts.ts';

export function installHosts(app: FastifyInstance, { keys, listenWithoutKeys, publicUrl }: Parts): void {
  const open = keys.count > 0 || listenWithoutKeys;
  const own = publicUrl === null ? undefined : new URL(publicUrl).hostname;
  app.addHook('onRequest', async (request) => {
    const host = hostOf(request);
    if (open || host === undefined || isLocal(host) || nameOf(host) === own) return;
    throw new PortledgerError(
      'host-refused',
      `Without API keys this service answers to addresses and localhost alone, not to "${host.slice(0, 80)}": set PUBLIC_URL to the address under which it is reached, or API_KEY_HASHES, or LISTEN_WITHOUT_KEYS=yes`,
    );
  });
}

/** Exactly one, but none is needed in HTTP/1.0 (RFC 9112 section 3.2). */
function hostOf({ raw }: FastifyRequest): string | undefined {
  const hosts = raw.headersDistinct.host ?? [];
  if (hosts.length === 1 || (hosts.length === 0 && raw.httpVersion === '1.0')) return hosts[0];
  throw new PortledgerError('request-invalid', `A request has one Host field, but this one has ${hosts.length}`);
}

function isLocal(host: string): boolean {
  const name = nameOf(host);
  if (name === null) return false;
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

/** Without the port, in lower case, an address in its usual form; null for what is no host. */
function nameOf(host: string): string | null {
  if (/[/?#@\\]/.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname.replace(/\.$/, '');
}
