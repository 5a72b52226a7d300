/** Bodies of calls that need none: clients that name JSON with every call mean nothing by it where no body comes. */
import type { FastifyInstance } from 'fastify';

/** For the whole application; a scope that takes bodies has parsers of its own. */
export function installPlainBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['text/plain', 'application/json']);
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parseJson(request, body, done);
  });
}
