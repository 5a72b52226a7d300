/** The parent's side: one child process for one analysis, watched, and ended hard when it must be. */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Summary } from '../src/contract/report.ts';
import type { JobFailure } from '../src/records/records.ts';
import type { AnalysisProgress } from './progress.ts';
import type { AnalysisOrder, ChildMessage } from './protocol.ts';

export type ChildEnd =
  | { readonly end: 'completed'; readonly summary: Summary }
  | { readonly end: 'failed'; readonly failure: JobFailure }
  /** It ended without a word, or with one that nobody foresaw; `detail` is for the log. */
  | { readonly end: 'crashed'; readonly detail: string }
  /** The signal was aborted. */
  | { readonly end: 'stopped' };

export interface ChildLimits {
  /** Script of the child process. */
  readonly entry: URL;
  readonly timeoutSeconds: number;
}

const MIB = 2 ** 20;
const WATCH_EVERY_MS = 250;
/**
 * So long a child may take to leave after its last word, when all is written. Node can wait for ever there, for a compiler
 * thread that waits for the main one (nodejs/node#54918).
 */
const LEAVE_MS = 1000;
/** Of what a dying child says on standard error. */
const KEEP_WORDS = 4000;

/** Resolves when the process is gone, so nothing writes into `order.out` any more. Never rejects. */
export function runChild(
  order: AnalysisOrder,
  { entry, timeoutSeconds }: ChildLimits,
  onProgress: (progress: AnalysisProgress) => void,
  signal: AbortSignal,
): Promise<ChildEnd> {
  if (signal.aborted) return Promise.resolve({ end: 'stopped' });
  const child = fork(entry, [], {
    execArgv: [`--max-old-space-size=${Math.ceil(order.memoryBytes / MIB)}`],
    env: {}, // hostile captures are read there: it is told no secrets
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  return new Promise((resolve) => {
    const watch = watchOver(child, order.memoryBytes, timeoutSeconds, signal);
    const words = lastWords(child);
    let last: ChildMessage | null = null;
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'progress') onProgress(message.progress);
      else {
        last = message;
        watch.seeOff();
      }
    });
    let parts = 2; // the last message may be read after the process is gone
    const settle = () => {
      if (--parts > 0) return;
      watch.stop();
      resolve(watch.decided() ?? endOf(last) ?? silentEnd(child, words()));
    };
    child.once('close', settle).once('disconnect', settle);
    child.once('error', (error) => {
      watch.decide({ end: 'crashed', detail: error.message });
      if (child.pid !== undefined) return;
      parts = 1; // it never was
      settle();
    });
    child.send(order, (error) => error !== null && watch.decide({ end: 'crashed', detail: error.message }));
  });
}

/** What is decided about a child before it ends by itself; deciding kills it. */
function watchOver(child: ChildProcess, memoryBytes: number, timeoutSeconds: number, signal: AbortSignal) {
  let decision: ChildEnd | null = null;
  const decide = (end: ChildEnd) => {
    decision ??= end;
    child.kill('SIGKILL');
  };
  const stopped = () => decide({ end: 'stopped' });
  signal.addEventListener('abort', stopped, { once: true });
  const late = setTimeout(() => decide(tooLong(timeoutSeconds)), timeoutSeconds * 1000);
  const memory = setInterval(() => {
    if (residentBytes(child.pid) > memoryBytes) decide(tooLarge(memoryBytes));
  }, WATCH_EVERY_MS);
  let leaving: NodeJS.Timeout | undefined;
  return {
    decide,
    decided: () => decision,
    seeOff() {
      leaving ??= setTimeout(() => child.kill('SIGKILL'), LEAVE_MS);
    },
    stop() {
      clearTimeout(leaving);
      signal.removeEventListener('abort', stopped);
      clearTimeout(late);
      clearInterval(memory);
    },
  };
}

/** 0 where there is no /proc: there the child looks after itself while it reads. */
function residentBytes(pid: number | undefined): number {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

const failed = (code: JobFailure['code'], detail: string): ChildEnd => ({ end: 'failed', failure: { code, detail } });

const tooLong = (seconds: number) =>
  failed('analysis-time', `the analysis was ended after the ${seconds} seconds it may take`);

const tooLarge = (bytes: number) =>
  failed('analysis-memory', `the analysis needed more than the ${bytes} bytes of memory it may have`);

function endOf(last: ChildMessage | null): ChildEnd | null {
  if (last === null || last.kind === 'progress') return null;
  if (last.kind === 'completed') return { end: 'completed', summary: last.summary };
  if (last.kind === 'crashed') return { end: 'crashed', detail: last.detail };
  return failed(last.code, last.detail);
}

/** V8 aborts when its heap is full, and says so on standard error alone. */
function silentEnd({ exitCode, signalCode }: ChildProcess, words: string): ChildEnd {
  if (/heap out of memory|allocation failed/i.test(words)) {
    return failed('analysis-memory', 'the analysis filled the memory it may have');
  }
  return { end: 'crashed', detail: `ended with ${signalCode ?? `status ${exitCode}`}: ${words}` };
}

function lastWords(child: ChildProcess): () => string {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    words = (words + chunk).slice(-KEEP_WORDS);
  });
  return () => words;
}
