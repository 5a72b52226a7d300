/** Uploads captures to a server, follows the job, prints the verdict. */
import { openAsBlob } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { basename } from 'node:path';
import { regularFile } from '../../workers/regular-file.ts';
import type { Capture, Job, Labels } from '../contract/job.ts';
import { checkLabels } from '../contract/labels.ts';
import type { Problem } from '../contract/problem.ts';
import { ERRORS, type ErrorCode, PortledgerError } from '../errors.ts';
import { expandPatterns } from './file-patterns.ts';
import { ANALYSIS_FLAGS, ANALYSIS_HELP, analysisOptions, parseCommand } from './options.ts';
import { ProgressBar } from './progress-bar.ts';

const HELP = `portledger submit FILE... --url URL

Uploads the captures to a portledger server, follows the job and prints the verdict.

  --url URL                address of the server, as http://127.0.0.1:8080
  --key KEY                API key; else PORTLEDGER_KEY in the environment
  --label NAME=VALUE       a label of the job, as ticket=INC1; repeatable
  --json                   print the report as JSON
${ANALYSIS_HELP}`;

const FLAGS = {
  ...ANALYSIS_FLAGS,
  url: { type: 'string' },
  key: { type: 'string' },
  label: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const WAIT_SECONDS = 1;

export async function submit(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand({ args, options: FLAGS, allowPositionals: true });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (positionals.length === 0) throw new PortledgerError('usage', 'submit needs at least one capture file');
  if (values.url === undefined || !isAddress(values.url)) {
    throw new PortledgerError('usage', 'submit needs --url with the address of the server, as http://127.0.0.1:8080');
  }
  const settings = { options: analysisOptions(values), labels: labelsOf(values.label ?? []) };
  const server = new Server(values.url, values.key ?? process.env.PORTLEDGER_KEY);
  const [captures, evidence] = [
    await openAll(expandPatterns(positionals)),
    await openAll(expandPatterns(values.evidence ?? [])),
  ];
  refuseEmpty(captures);
  const body = {
    captures: await server.uploadCaptures(captures),
    evidence: await server.uploadEvidence(evidence),
    ...settings,
  };
  const job = await server.follow(await server.json<Job>('POST', 'v1/jobs', JSON.stringify(body)));
  if (job.status !== 'completed') throw withoutResult(job);
  process.stdout.write(await server.text(`v1/jobs/${job.id}/${values.json ? 'result' : 'report?format=text'}`));
  return 0;
}

function isAddress(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
}

function labelsOf(pairs: readonly string[]): Labels {
  const labels = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new PortledgerError('usage', `--label: "${pair}" is not of the form NAME=VALUE`);
    const name = pair.slice(0, at);
    if (labels.has(name)) throw new PortledgerError('usage', `--label: "${name}" is given twice`);
    labels.set(name, pair.slice(at + 1));
  }
  return checked(Object.fromEntries(labels));
}

/** Before anything is uploaded. */
function checked(labels: Labels): Labels {
  try {
    checkLabels(labels);
    return labels;
  } catch (cause) {
    throw new PortledgerError('usage', `--label: ${(cause as Error).message}`, { cause });
  }
}

interface OpenFile {
  readonly name: string;
  readonly content: Blob;
}

/** All of them before the first is uploaded: a wrong name is told at once. */
async function openAll(paths: readonly string[]): Promise<OpenFile[]> {
  const files: OpenFile[] = [];
  for (const path of paths) files.push({ name: basename(path), content: await openFile(path) });
  return files;
}

/** `openAsBlob` throws for a file that is missing, and does not say why. */
async function openFile(path: string): Promise<Blob> {
  try {
    regularFile(path);
    await access(path, constants.R_OK);
    return await openAsBlob(path);
  } catch (cause) {
    throw new PortledgerError('file-unreadable', `${path}: ${(cause as Error).message}`, { cause });
  }
}

function refuseEmpty(captures: readonly OpenFile[]): void {
  const empty = captures.find(({ content }) => content.size === 0);
  if (empty !== undefined) throw new PortledgerError('capture-empty', `${empty.name}: the file holds 0 octets`);
}

type Body = string | Blob | FormData;
const JSON_TYPE = { 'content-type': 'application/json' } as const;

class Server {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, key: string | undefined) {
    this.#base = url.endsWith('/') ? url : `${url}/`;
    this.#headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  }

  /** Ids of the uploaded files, in their order. */
  async uploadCaptures(files: readonly OpenFile[]): Promise<string[]> {
    const ids: string[] = [];
    for (const { name, content } of files) {
      const path = `v1/captures?${new URLSearchParams({ filename: name })}`;
      ids.push((await this.json<Capture>('POST', path, content, { 'content-type': 'application/octet-stream' })).id);
    }
    return ids;
  }

  /** As forms, since these files may be empty, which a body may not. */
  async uploadEvidence(files: readonly OpenFile[]): Promise<string[]> {
    const ids: string[] = [];
    for (const { name, content } of files) {
      const form = new FormData();
      form.append('evidence', content, name);
      ids.push((await this.json<Capture>('POST', 'v1/captures', form, {})).id);
    }
    return ids;
  }

  async follow(job: Job): Promise<Job> {
    const bar = new ProgressBar(process.stderr);
    let latest = job;
    try {
      while (latest.status === 'queued' || latest.status === 'active') {
        bar.show(latest.progress);
        const response = await this.#request('GET', `v1/jobs/${job.id}`, undefined, { prefer: `wait=${WAIT_SECONDS}` });
        latest = (await response.json()) as Job;
      }
    } finally {
      bar.clear();
    }
    return latest;
  }

  async json<T>(method: string, path: string, body: Body, headers: Record<string, string> = JSON_TYPE): Promise<T> {
    return (await (await this.#request(method, path, body, headers)).json()) as T;
  }

  async text(path: string): Promise<string> {
    return (await this.#request('GET', path, undefined, {})).text();
  }

  async #request(
    method: string,
    path: string,
    body: Body | undefined,
    headers: Record<string, string>,
  ): Promise<Response> {
    const url = new URL(path, this.#base);
    const response = await fetch(url, { method, body: body ?? null, headers: { ...this.#headers, ...headers } }).catch(
      (cause: Error) => {
        throw new PortledgerError('unavailable', `${url.origin} cannot be reached: ${reasonOf(cause)}`, { cause });
      },
    );
    if (response.ok) return response;
    const problem = (await response.json().catch(() => null)) as Problem | null;
    const code = codeOf(problem, 'request-invalid');
    throw new PortledgerError(
      code,
      `${url.origin} answered ${response.status}: ${problem?.detail ?? response.statusText}`,
    );
  }
}

function withoutResult({ id, status, error }: Job): PortledgerError {
  const why = error === null ? '' : `: ${error.detail}`;
  return new PortledgerError(codeOf(error, 'job-without-result'), `job ${id} ended as ${status}${why}`);
}

/** A server of another version may have codes that are not known here. */
function codeOf(problem: Problem | null, otherwise: ErrorCode): ErrorCode {
  return problem !== null && Object.hasOwn(ERRORS, problem.code) ? (problem.code as ErrorCode) : otherwise;
}

function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
