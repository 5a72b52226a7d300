/** A new job in each of its three forms: a form with files, the capture itself as body, or ids of captures as JSON. */
import type { FastifyRequest } from 'fastify';
import { newId } from '../contract/ids.ts';
import type { AnalysisOptions, JobForm, JobRequest, Labels, RawJobQuery, Webhook } from '../contract/job.ts';
import { JobForm as JobFormSchema } from '../contract/job.ts';
import { checkLabels } from '../contract/labels.ts';
import { checkOptions, parseEvent, parsePortRange } from '../contract/options.ts';
import { checkWebhookUrl } from '../notify/addresses.ts';
import { checkWebhookSecret } from '../notify/webhook.ts';
import type { NewJob } from '../records/records.ts';
import { keepFiles } from './files.ts';
import type { Submission } from './idempotency.ts';
import { baseUrlOf, type Parts } from './parts.ts';
import { RequestError } from './problem.ts';
import { announcedDigest } from './uploads/digest.ts';
import { readForm } from './uploads/form.ts';
import { dispositionName } from './uploads/names.ts';
import { emptyBody, type ReceivedFile, Reception, type Sink } from './uploads/receive.ts';
import { createCheck } from './validation.ts';

interface Settings {
  readonly options: AnalysisOptions;
  readonly labels: Labels;
  readonly webhook: Webhook | null;
}

const checkForm = createCheck(JobFormSchema);
const FORM_FIELDS = Object.keys(JobFormSchema.properties);

/** Reads the request, its files into the sink. What is found wrong is thrown before anything can be seen. */
export async function readSubmission(request: FastifyRequest, parts: Parts, sink: Sink): Promise<Submission> {
  if (request.isMultipart()) return readFormJob(request, parts, sink);
  if (request.body === request.raw) return readRawJob(request, parts, sink);
  if (request.body === undefined) throw emptyBody();
  return readJsonJob(request, parts);
}

async function readFormJob(request: FastifyRequest, parts: Parts, sink: Sink): Promise<Submission> {
  refuseQuery(request, 'a form has options, labels and webhook as fields');
  const reception = new Reception(sink);
  try {
    const form: JobForm = checkForm(await readForm(request, reception, FORM_FIELDS));
    const settings = await checkedSettings(form, parts);
    if (reception.count('capture') === 0) throw new RequestError('request-invalid', 'The form has no part "file"');
    return fileSubmission(request, parts, await reception.commit(), settings);
  } finally {
    await reception.close();
  }
}

async function readRawJob(request: FastifyRequest, parts: Parts, sink: Sink): Promise<Submission> {
  const query = request.query as RawJobQuery;
  const settings = await checkedSettings({ options: optionsOf(query), labels: labelsOf(query) }, parts);
  const name = query.filename ?? dispositionName(request.headers['content-disposition']);
  const digest = announcedDigest(request.headers);
  const reception = new Reception(sink);
  try {
    await reception.takeBody(request.raw, 'capture', name, digest);
    return fileSubmission(request, parts, await reception.commit(), settings);
  } finally {
    await reception.close();
  }
}

async function readJsonJob(request: FastifyRequest, parts: Parts): Promise<Submission> {
  refuseQuery(request, 'JSON has options, labels and webhook as fields');
  const body = request.body as JobRequest;
  const settings = await checkedSettings(body, parts);
  const { captures, evidence = [] } = body;
  const asGiven = (ids: string[]) => ids.map((id) => ({ id, owned: false }));
  const job = { id: newId(), captures: asGiven(captures), evidence: asGiven(evidence), ...settings };
  return { id: job.id, content: { captures, evidence, ...settings }, create: () => createJob(request, parts, job) };
}

function fileSubmission(
  request: FastifyRequest,
  parts: Parts,
  files: readonly ReceivedFile[],
  settings: Settings,
): Submission {
  const owned = (kind: ReceivedFile['kind']) =>
    files.filter((file) => file.kind === kind).map(({ id }) => ({ id, owned: true }));
  const job = { id: newId(), captures: owned('capture'), evidence: owned('evidence'), ...settings };
  return {
    id: job.id,
    content: { files: files.map(({ kind, name, sha256 }) => ({ kind, name, sha256 })), ...settings },
    create: () => keepFiles(parts, files, () => createJob(request, parts, job)),
  };
}

async function createJob(
  request: FastifyRequest,
  { records, queues, publicUrl }: Parts,
  job: Omit<NewJob, 'baseUrl'>,
): Promise<void> {
  const { id } = await records.jobs.create({ ...job, baseUrl: baseUrlOf(request, publicUrl) });
  // The record stands: what the queue cannot take now is put into it later from there.
  await queues.analyses.add(id).catch((error: unknown) => request.log.warn({ err: error, job: id }, 'not queued yet'));
}

async function checkedSettings(form: JobForm, { webhookAllow }: Parts): Promise<Settings> {
  const { options = {}, labels = {}, webhook = null } = form;
  checkOptions(options);
  checkLabels(labels);
  if (webhook !== null) {
    checkWebhookSecret(webhook.secret);
    await checkWebhookUrl(webhookAllow, webhook.url);
  }
  return { options, labels, webhook };
}

function optionsOf({ timeWaitSeconds, portRange, client, event, utcOffset }: RawJobQuery): AnalysisOptions {
  return {
    ...(timeWaitSeconds === undefined ? {} : { timeWaitSeconds }),
    ...(portRange === undefined ? {} : { portRange: parsePortRange(portRange) }),
    ...(client === undefined ? {} : { clients: client }),
    ...(event === undefined ? {} : { events: event.map((text) => parseEvent(withPlus(text))) }),
    ...(utcOffset === undefined ? {} : { utcOffset: withPlus(utcOffset) }),
  };
}

/** A + that was not written as %2B comes as a space: a zone would be taken for the text of an event, hours away. */
function withPlus(text: string): string {
  return text.replace(/^(\d{4}-\d{2}-\d{2}[Tt][\d:.]+)? (\d{2}:\d{2})(?=\s|$)/, '$1+$2');
}

const LABEL = 'label.';

/** The labels among query fields: `label.ticket=INC1`. */
export function labelsOf(query: Readonly<Record<string, unknown>>): Labels {
  const fields = Object.entries(query).filter(([name]) => name.startsWith(LABEL));
  return Object.fromEntries(fields.map(([name, value]) => [name.slice(LABEL.length), value as string]));
}

/** Where the query would say what the body says. */
export function refuseQuery(request: FastifyRequest, why: string): void {
  const [name] = Object.keys(request.query as object);
  if (name === undefined) return;
  throw new RequestError('query-unknown', `There is no query field "${name.slice(0, 80)}" here: ${why}`, [
    { parameter: name.slice(0, 80), detail: why },
  ]);
}
