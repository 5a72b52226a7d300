/** Every error as problem details (RFC 9457). The only place that knows which status a code has. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, type ProblemPlace, problemOf } from '../contract/problem.ts';
import { type ErrorCode, PortledgerError } from '../errors.ts';
import { lingerAfterAnswer } from './lingering.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** Codes that are not here cannot be caused by a request: 500. */
const STATUSES: Partial<Record<ErrorCode, number>> = {
  'request-invalid': 400,
  'field-unknown': 400,
  'query-unknown': 400,
  'query-invalid': 400,
  'option-invalid': 400,
  'option-unknown': 400,
  'cursor-invalid': 400,
  'column-unknown': 400,
  'filter-invalid': 400,
  'sort-invalid': 400,
  'limit-invalid': 400,
  'body-empty': 400,
  'body-malformed': 400,
  'body-incomplete': 400,
  'digest-mismatch': 400,
  'digest-unsupported': 400,
  'idempotency-key-invalid': 400,
  'webhook-address-refused': 400,
  unauthorized: 401,
  'origin-refused': 403,
  'host-refused': 403,
  'not-found': 404,
  'job-not-found': 404,
  'capture-not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'body-too-slow': 408,
  'job-unfinished': 409,
  'job-without-result': 409,
  'job-finished': 409,
  'capture-in-use': 409,
  'idempotency-in-flight': 409,
  'body-too-large': 413,
  'media-type-unsupported': 415,
  'range-not-satisfiable': 416,
  'expectation-failed': 417,
  'idempotency-mismatch': 422,
  'headers-too-large': 431,
  unavailable: 503,
  'storage-full': 507,
};

export const statusOf = (code: ErrorCode): number => STATUSES[code] ?? 500;

const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = {
  'job-unfinished': 2,
  'idempotency-in-flight': 2,
  unavailable: 5,
  'storage-full': 60,
};

/** Errors of the framework and of its multipart plugin, in our words. */
const FRAMEWORK: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_BAD_URL: ['not-found', 'The path holds an escape that cannot be decoded'],
  FST_ERR_MAX_PARAM_LENGTH: ['not-found', 'A part of the path is longer than any id'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large', 'A JSON body may have 1 MiB'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['body-incomplete', 'The body is not as long as Content-Length says'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['body-malformed', 'The body is not valid JSON'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['body-empty', 'The body is empty, but its media type is JSON'],
  FST_PARTS_LIMIT: ['body-too-large', 'The form has too many parts'],
  FST_FILES_LIMIT: ['body-too-large', 'The form has too many files'],
  FST_FIELDS_LIMIT: ['body-too-large', 'The form has too many fields'],
  FST_PROTO_VIOLATION: [
    'field-unknown',
    'The form has a field that is none of file, evidence, options, labels, webhook',
  ],
  FST_INVALID_JSON_FIELD_ERROR: ['body-malformed', 'A field of the form says that it is JSON, but is not'],
  FST_MP_PREMATURE_CLOSE: ['body-incomplete', 'The connection was closed before the end of the form'],
};

/** An error that names the places in the request that are wrong. */
export class RequestError extends PortledgerError {
  readonly places: readonly ProblemPlace[];

  constructor(code: ErrorCode, message: string, places: readonly ProblemPlace[] = []) {
    super(code, message);
    this.places = places;
  }
}

/** Makes problems of everything that goes wrong, unknown addresses and methods included. */
export function installProblems(app: FastifyInstance): void {
  const routes = new RouteMethods(app);
  app.setErrorHandler<FastifyError>((error, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const allowed = routes.allowedAt(request.url);
    // A method that is allowed came this far from a file of the pages that is not there.
    if (allowed.length === 0 || allowed.includes(request.method))
      throw new PortledgerError('not-found', `There is nothing at ${pathOf(request.url)}`);
    reply.header('allow', allowed.join(', '));
    throw new PortledgerError('method-not-allowed', `${request.method} is not allowed here, but ${allowed.join(', ')}`);
  });
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = knownError(error, request);
  const status = statusOf(known.code);
  if (status >= 500) request.log.error({ err: error }, known.message);
  else request.log.info({ code: known.code }, known.message);
  const wait = RETRY_AFTER_SECONDS[known.code];
  if (wait !== undefined) reply.header('retry-after', wait);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="portledger"');
  if (!request.raw.complete) leaveRest(request, reply, status);
  const problem: Problem = { ...problemOf(known.code, status, known.message), instance: `urn:uuid:${request.id}` };
  if (known instanceof RequestError && known.places.length > 0) problem.errors = [...known.places];
  return reply.code(status).type(PROBLEM_TYPE).header('cache-control', 'no-store').send(JSON.stringify(problem));
}

/** The rest of a body that is not wanted is not kept: the connection cannot be used again. */
function leaveRest(request: FastifyRequest, reply: FastifyReply, status: number): void {
  reply.header('connection', 'close');
  // A client that stood still is not waited for any longer.
  if (status !== 408) lingerAfterAnswer(request.raw);
}

/** What cannot be told to the client becomes `internal`; its cause goes to the log alone. */
function knownError(error: unknown, request: FastifyRequest): PortledgerError {
  if (error instanceof PortledgerError) return STATUSES[error.code] === undefined ? internal(error) : error;
  const { code = '', statusCode = 500, message = '' } = error as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return mediaTypeError(request.headers['content-type']);
  const framework = FRAMEWORK[code];
  if (framework !== undefined) return new PortledgerError(framework[0], framework[1]);
  if (statusCode >= 400 && statusCode < 500) return new PortledgerError('request-invalid', message);
  return internal(error);
}

function internal(cause: unknown): PortledgerError {
  return new PortledgerError('internal', 'The request failed; the log has the cause under the id in "instance"', {
    cause,
  });
}

export function mediaTypeError(given: string | undefined): PortledgerError {
  const what = given === undefined ? 'A body without Content-Type' : `Content-Type "${given.slice(0, 100)}"`;
  return new PortledgerError(
    'media-type-unsupported',
    `${what} is not taken here: send a capture as application/vnd.tcpdump.pcap or application/octet-stream, a form as multipart/form-data, or application/json`,
  );
}

const pathOf = (url: string) => url.split('?', 1)[0]!.slice(0, 200);

/** Which methods the addresses have, for 405 and its Allow. */
class RouteMethods {
  readonly #routes: { pattern: RegExp; method: string }[] = [];

  constructor(app: FastifyInstance) {
    app.addHook('onRoute', ({ url, method }) => {
      const pattern = new RegExp(
        `^${url
          .replace(/[.]/g, '\\.')
          .replace(/:[A-Za-z]+/g, '[^/]+')
          .replace(/\*/g, '.*')}$`,
      );
      for (const name of [method].flat()) this.#routes.push({ pattern, method: name });
    });
  }

  allowedAt(url: string): string[] {
    const path = url.split('?', 1)[0]!;
    const methods = this.#routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    // A route of a plugin's root is told under one of its two addresses, its HEAD under both.
    if (methods.includes('HEAD') && !methods.includes('GET')) methods.push('GET');
    return [...new Set(methods)].sort();
  }
}
