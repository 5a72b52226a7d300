/** The roles as real processes, as a user starts them, and the few things that a test does with them over HTTP. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from '../../src/contract/job.ts';

const CLI = join(import.meta.dirname, '../../src/cli.js');
export const EXAMPLE = join(import.meta.dirname, '../../../examples/exhaustion.pcap');

export interface RoleProcess {
  readonly url: string;
  readonly pid: number;
  /** What it wrote to standard error so far. */
  log(): string;
  /** Sends the signal and waits for the end; its exit status, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

export type Environment = Readonly<Record<string, string>>;

const running = new Set<ChildProcess>();
/** A test that ran out of time leaves its roles behind, and they would keep this process from ending. */
after(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Resolves when the role says that it is ready. Nothing of this process's own configuration reaches it. */
export async function startRole(role: 'serve' | 'api' | 'worker', environment: Environment): Promise<RoleProcess> {
  const { child, log } = spawnRole(role, environment);
  const lines = createInterface({ input: child.stdout! });
  const ready = once(lines, 'line') as Promise<[string]>;
  const gone = once(child, 'exit').then(() => {
    throw new Error(`${role} ended before it was ready: ${log()}`);
  });
  const [line] = await Promise.race([ready, gone]);
  gone.catch(() => undefined);
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(child, 'exit');
    child.kill(signal);
    const [status, killer] = (await ended) as [number | null, NodeJS.Signals | null];
    return status ?? killer!;
  };
  return { url: /http:\S+/.exec(line)?.[0] ?? '', pid: child.pid!, log, end };
}

/** For a role that is expected to refuse: its exit status and what it said. */
export async function refusedRole(role: 'serve' | 'api' | 'worker', environment: Environment) {
  const { child, log } = spawnRole(role, environment);
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, said: log() };
}

function spawnRole(role: string, environment: Environment) {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const child = spawn(process.execPath, [CLI, role], {
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    words += chunk;
  });
  return { child, log: () => words };
}

export async function submit(url: string, capture: Buffer, query = ''): Promise<Job> {
  const answer = await fetch(`${url}/v1/jobs?filename=capture.pcap${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.tcpdump.pcap' },
    body: new Uint8Array(capture),
  });
  assert.equal(answer.status, 202, await answer.clone().text());
  return (await answer.json()) as Job;
}

export async function jobAt(url: string, id: string): Promise<Job> {
  const answer = await fetch(`${url}/v1/jobs/${id}`);
  assert.equal(answer.status, 200);
  return (await answer.json()) as Job;
}

/** The job, once it satisfies the condition. */
export async function until(url: string, id: string, condition: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const job = await jobAt(url, id);
    if (condition(job)) return job;
    await delay(25);
  }
}

export const ended = (url: string, id: string) => until(url, id, ({ finishedAt }) => finishedAt !== null);

export async function resultOf(url: string, id: string): Promise<string> {
  const answer = await fetch(`${url}/v1/jobs/${id}/result`);
  assert.equal(answer.status, 200);
  return answer.text();
}

export const canSeeChildren = process.platform === 'linux' ? false : 'skipped: needs /proc';

/**
 * Process ids of the analyses that a process runs; Linux alone tells. A child counts when it runs its own program: one
 * that is stopped before that stops its parent, which waits for it in `spawn`.
 */
export function analysesOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' '))
    .filter((child) => child !== '' && commandOf(child).includes('analyse-job'))
    .map(Number);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // it ended meanwhile
  }
}

/**
 * Stops the analysis that one of these processes begins, in the middle of its work: the job stays active until
 * the test goes on. Call it right after the job was submitted.
 */
export async function freezeAnalysis(pids: readonly number[]): Promise<{ worker: number; child: number }> {
  for (;;) {
    for (const worker of pids) {
      const child = analysesOf(worker)[0];
      if (child === undefined) continue;
      process.kill(child, 'SIGSTOP');
      return { worker, child };
    }
    await delay(2);
  }
}

export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
  }
}
