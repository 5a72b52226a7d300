/** The HTTP API: what comes before every route, then the routes. `buildApp(parts).listen(...)` serves it. */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { answerBrokenRequest, refuseTunnels } from './broken-requests.ts';
import type { Parts } from './parts.ts';
import { installAccess } from './plugins/access.ts';
import { installBodyPace } from './plugins/body-pace.ts';
import { installConnections } from './plugins/connections.ts';
import { installExpectations } from './plugins/expectations.ts';
import { installHeaders, setHeaders } from './plugins/headers.ts';
import { installHosts } from './plugins/hosts.ts';
import { installOpenApi, openApiRoute } from './plugins/openapi.ts';
import { installPlainBodies } from './plugins/plain-bodies.ts';
import { installUploadBodies } from './plugins/upload-bodies.ts';
import { installProblems, sendProblem } from './problem.ts';
import { captureRoutes, uploadRoute } from './routes/captures.ts';
import { eventRoute } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { jobRoutes } from './routes/jobs.ts';
import { reportRoute } from './routes/report.ts';
import { resultRoute } from './routes/results.ts';
import { submissionRoute } from './routes/submission.ts';
import { tableRoutes } from './routes/tables.ts';
import { compileValidator, refuseUnknownQueries } from './validation.ts';

/** Of JSON bodies; captures have their own limit in the store. */
const BODY_LIMIT = 2 ** 20;

/** A connection on which nothing moves for so long, either way, is one whose client went away without a word. */
const SILENCE_MS = 900_000;

export async function buildApp(parts: Parts): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    genReqId: () => randomUUID(),
    logger: { ...parts.log, serializers: { req: loggedRequest } },
    frameworkErrors: (error, request, reply) => sendProblem(error, request, setHeaders(request, reply)),
    clientErrorHandler: answerBrokenRequest,
    connectionTimeout: SILENCE_MS,
    // A request without Host is answered by us, as a problem.
    http: { headersTimeout: 15_000, keepAliveTimeout: 72_000, requireHostHeader: false },
    forceCloseConnections: 'idle',
  });
  installPlainBodies(app);
  app.setValidatorCompiler(compileValidator);
  // The views say what leaves the service; schemas of answers are for the document and its tests.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  installProblems(app);
  refuseUnknownQueries(app);
  refuseTunnels(app);
  installConnections(app);
  installHeaders(app);
  installHosts(app, parts);
  installAccess(app, parts);
  installBodyPace(app, parts.bodyIdleSeconds);
  installExpectations(app);
  await installOpenApi(app, parts.version);
  installRoutes(app, parts, stopSignal(app));
  return app;
}

function installRoutes(app: FastifyInstance, parts: Parts, stopping: AbortSignal): void {
  healthRoutes(app, parts);
  openApiRoute(app);
  app.register(async (scope) => {
    await installUploadBodies(scope);
    submissionRoute(scope, parts, stopping);
    uploadRoute(scope, parts);
  });
  captureRoutes(app, parts);
  jobRoutes(app, parts, stopping);
  eventRoute(app, parts, stopping);
  resultRoute(app, parts);
  reportRoute(app, parts);
  tableRoutes(app, parts);
}

/** Aborts when the service stops: who waits for a job is answered at once. */
function stopSignal(app: FastifyInstance): AbortSignal {
  const stopping = new AbortController();
  // Whoever waits listens to it, and lets it be when the wait is over.
  setMaxListeners(0, stopping.signal);
  app.addHook('preClose', async () => stopping.abort());
  return stopping.signal;
}

/** No query in the log: it holds labels and file names. */
function loggedRequest(request: FastifyRequest) {
  return { method: request.method, path: request.url.split('?', 1)[0], from: request.ip };
}
