/** Who may come in: API keys where there are any, and no pages of other sites. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PortledgerError } from '../../errors.ts';
import type { Parts } from '../parts.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Name of the API key that the request came with; null where none is needed. */
    keyName: string | null;
  }
  interface FastifyContextConfig {
    /** Answers without a key: probes of an orchestrator have none. */
    open?: boolean;
  }
}

export function installAccess(app: FastifyInstance, { keys, publicUrl }: Parts): void {
  app.decorateRequest('keyName', null);
  app.addHook('onRequest', async (request, reply) => {
    if (keys.count === 0) return refuseOtherSites(request, publicUrl);
    if (request.routeOptions.config?.open === true) return;
    request.keyName = keys.nameOf(request.headers.authorization);
    if (request.keyName === null) {
      throw new PortledgerError('unauthorized', 'Send an API key: Authorization: Bearer pl_...');
    }
    // Whatever is logged of the request says whose it was.
    request.log = request.log.child({ key: request.keyName });
    reply.log = request.log;
  });
}

/** Without keys, a page that a browser on this machine shows could upload and delete here. Programs send neither field. */
function refuseOtherSites({ method, headers }: FastifyRequest, publicUrl: string | null): void {
  if (method === 'GET' || method === 'HEAD') return;
  const own = [`http://${headers.host}`, `https://${headers.host}`, publicUrl];
  const site = headers['sec-fetch-site'];
  const foreign = headers.origin !== undefined && !own.includes(headers.origin);
  if (foreign || site === 'cross-site' || site === 'same-site') {
    throw new PortledgerError('origin-refused', 'Pages of other sites may not send this request');
  }
}
