/**
 * `npm run demo`: starts the service with its embedded parts on a free port and a temporary folder, sends it the example
 * capture as any client would, shows what comes back and by which addresses, and stops.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Job } from './contract/job.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const EXAMPLE = 'examples/exhaustion.pcap';
const SHOWN_PORTS = 10;

interface PortRow {
  client: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
  synPackets: number;
}

const say = (line = '') => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'portledger-demo-'));
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
  const service = spawn(process.execPath, [join(ROOT, 'dist/src/cli.js'), 'serve'], {
    env: { ...inherited, HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stopped = new Promise<void>((resolve) => service.once('exit', () => resolve()));
  try {
    const url = await Promise.race([addressOf(service.stdout), stopped.then(() => fail('the service ended'))]);
    say(`service      ${url}`);
    await show(url, await submit(url));
  } finally {
    service.kill('SIGTERM');
    await stopped;
    await rm(folder, { recursive: true, force: true });
  }
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  return fail('the service did not say where it is');
}

async function submit(url: string): Promise<Job> {
  const target = `${url}/v1/jobs?filename=exhaustion.pcap&label.ticket=DEMO-1`;
  say(`POST         ${target}  (${EXAMPLE})`);
  const capture = await readFile(join(ROOT, EXAMPLE));
  const headers = { 'content-type': 'application/vnd.tcpdump.pcap' };
  let job = await json<Job>(target, { method: 'POST', headers, body: capture });
  const status = `${url}/v1/jobs/${job.id}`;
  say(`GET          ${status}`);
  while (job.status === 'queued' || job.status === 'active')
    job = await json<Job>(status, { headers: { prefer: 'wait=5' } });
  if (job.status !== 'completed') fail(`the job ended as ${job.status}: ${job.error?.detail}`);
  return job;
}

async function show(url: string, job: Job): Promise<void> {
  const jobUrl = `${url}/v1/jobs/${job.id}`;
  const ports = `${jobUrl}/tables/ports?sort=-synPackets&limit=${SHOWN_PORTS}`;
  say(`GET          ${jobUrl}/result`);
  const { totals } = await json<{ totals: { packets: number; attempts: number } }>(`${jobUrl}/result`);
  say(`GET          ${ports}`);
  const { rows } = await json<{ rows: PortRow[] }>(ports);
  say();
  say(`${job.summary!.code}: ${job.summary!.headline}`);
  say();
  say(job.summary!.text);
  say();
  say(`${totals.packets} packets, ${totals.attempts} connection attempts; the busiest local ports:`);
  say('SYNs  local port  remote');
  for (const { synPackets, localPort, remoteAddress, remotePort } of rows) {
    say(`${String(synPackets).padStart(4)}  ${String(localPort).padStart(10)}  ${remoteAddress}:${remotePort}`);
  }
}

async function json<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, init);
  if (!response.ok) fail(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

function fail(reason: string): never {
  throw new Error(`demo: ${reason}`);
}

await main();
