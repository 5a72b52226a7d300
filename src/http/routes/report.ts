/** The report of a job for people: a page, a text for a ticket, a text for a terminal. */
import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { jobLinks } from '../../contract/links.ts';
import type { Report } from '../../contract/report.ts';
import type { Link } from '../../render/document.ts';
import { renderHtml } from '../../render/html.ts';
import { renderMarkdown } from '../../render/markdown.ts';
import { renderText } from '../../render/text.ts';
import { formatOf } from '../negotiation.ts';
import { baseUrlOf, type Parts } from '../parts.ts';
import { content, JobId, problems, Text } from '../schemas.ts';
import { etagOf, isKnown } from '../views.ts';
import { completedJob, RESULT_PROBLEMS, resultPath } from './results.ts';

const FORMATS = { html: 'text/html', markdown: 'text/markdown', text: 'text/plain' } as const;

const RENDERERS: Record<keyof typeof FORMATS, (report: Report, options: { links: readonly Link[] }) => string> = {
  html: renderHtml,
  markdown: renderMarkdown,
  text: renderText,
};

/** The page's own policy names its style by hash; this one lets that be, and nothing else. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ReportQuery = Type.Object(
  { format: Type.Optional(Type.Enum(['html', 'markdown', 'text'], { description: 'instead of Accept' })) },
  { additionalProperties: false },
);
type ReportQuery = Static<typeof ReportQuery>;

type ReportCall = FastifyRequest<{ Params: JobId; Querystring: ReportQuery }>;

const reportSchema = {
  operationId: 'getReport',
  summary: 'The report of a completed job, for people',
  params: JobId,
  querystring: ReportQuery,
  response: {
    200: content('The report', Object.fromEntries(Object.values(FORMATS).map((type) => [type, Text]))),
    304: Type.Null(),
    ...problems(...RESULT_PROBLEMS, 'query-unknown', 'query-invalid', 'not-acceptable'),
  },
};

export function reportRoute(app: FastifyInstance, parts: Parts): void {
  app.get<{ Params: JobId; Querystring: ReportQuery }>(
    '/v1/jobs/:id/report',
    { schema: reportSchema },
    (request, reply) => sendReport(request, reply, parts),
  );
}

async function sendReport(request: ReportCall, reply: FastifyReply, parts: Parts): Promise<FastifyReply> {
  const format = formatOf(FORMATS, request);
  const { id } = await completedJob(parts, request.params.id);
  const report = JSON.parse(await readFile(await resultPath(parts, id, 'report.json'), 'utf8')) as Report;
  const text = RENDERERS[format](report, { links: linksOf(request, parts, id) });
  const etag = etagOf(text);
  reply.headers({ etag, vary: 'accept' });
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  if (format === 'html') reply.header('content-security-policy', PAGE_POLICY);
  return reply.type(`${FORMATS[format]}; charset=utf-8`).send(text);
}

/** Absolute: a report is mailed, pasted and saved. */
function linksOf(request: FastifyRequest, { publicUrl }: Parts, id: string): Link[] {
  const { report, result, ports, sessions } = jobLinks(baseUrlOf(request, publicUrl), id, 'completed');
  return [
    { label: 'This report', href: report! },
    { label: 'As JSON', href: result! },
    { label: 'Local ports', href: `${ports}?format=csv` },
    { label: 'Sessions', href: `${sessions}?format=csv` },
  ];
}
