/**
 * Every knob once: its default, its check, its words for `--help`. Nothing else reads the environment.
 * `loadConfig` reports the first wrong variable by name; what it returns is frozen.
 */
import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { PortledgerError } from './errors.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Memory of this machine, or of the container when that is less. */
const memoryBytes = () => Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

/** One is left to the API and the system. */
const spareProcessors = () => Math.max(1, availableParallelism() - 1);

/** Standard Webhooks' schedule, three days in all. */
const RETRY_SECONDS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly apiKeyHashes: string;
  readonly listenWithoutKeys: boolean;
  readonly maxCaptureBytes: number;
  readonly diskReserveBytes: number;
  readonly bodyIdleSeconds: number;
  readonly webhookAllow: readonly string[];
  readonly webhookRetrySeconds: readonly number[];
  readonly workerConcurrency: number;
  readonly analysisMemoryBytes: number;
  readonly analysisTimeoutSeconds: number;
  readonly tableMemoryBytes: number;
  readonly shutdownSeconds: number;
  readonly logLevel: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Knob<T> {
  readonly variable: string;
  readonly help: string;
  /** What stands in the help when the variable is not set. */
  readonly shown: string;
  readonly unset: () => T;
  /** Throws an Error whose message completes "VARIABLE ...". */
  readonly read: (text: string) => T;
}

function text(variable: string, unset: string, help: string): Knob<string> {
  return { variable, help, shown: unset, unset: () => unset, read: (value) => value };
}

function whole(
  variable: string,
  limits: { least: number; most: number; unset: number | (() => number); shown?: string },
  help: string,
): Knob<number> {
  const { least, most, unset } = limits;
  const read = (value: string) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || number > most) {
      throw new Error(`is "${value}", but a whole number from ${least} to ${most} is needed`);
    }
    return number;
  };
  return {
    variable,
    help,
    shown: limits.shown ?? String(unset),
    unset: typeof unset === 'function' ? unset : () => unset,
    read,
  };
}

function address(variable: string, schemes: readonly string[], help: string): Knob<string | null> {
  const read = (value: string) => {
    if (!URL.canParse(value) || !schemes.includes(new URL(value).protocol.slice(0, -1))) {
      throw new Error(`is not a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`);
    }
    return value.replace(/\/+$/, '');
  };
  return { variable, help, shown: '', unset: () => null, read };
}

function yes(variable: string, help: string): Knob<boolean> {
  const read = (value: string) => {
    if (value !== 'yes') throw new Error(`is "${value}", but it is "yes" or not set`);
    return true;
  };
  return { variable, help, shown: '', unset: () => false, read };
}

const commaSeparated = (value: string) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function list(variable: string, help: string): Knob<readonly string[]> {
  return { variable, help, shown: '', unset: () => [], read: commaSeparated };
}

function waits(variable: string, unset: readonly number[], help: string): Knob<readonly number[]> {
  const read = (value: string) =>
    commaSeparated(value).map((part) => {
      const seconds = Number(part);
      if (!/^\d+(\.\d+)?$/.test(part) || seconds > 7 * 86_400) {
        throw new Error(`holds "${part}", but seconds up to ${7 * 86_400} are needed, separated by commas`);
      }
      return seconds;
    });
  return { variable, help, shown: unset.join(','), unset: () => unset, read };
}

function choice(variable: string, choices: readonly string[], unset: string, help: string): Knob<string> {
  const read = (value: string) => {
    if (!choices.includes(value)) throw new Error(`is "${value}", but one of ${choices.join(', ')} is needed`);
    return value;
  };
  return { variable, help, shown: unset, unset: () => unset, read };
}

const directory: Knob<string> = {
  ...text('DATA_DIR', './portledger-data', 'captures, results and the embedded database'),
  unset: () => resolve('portledger-data'),
  read: (value) => resolve(value),
};

const BYTES = Number.MAX_SAFE_INTEGER;

const KNOBS: { readonly [K in keyof Config]: Knob<Config[K]> } = {
  host: text('HOST', '127.0.0.1', 'address to listen on'),
  port: whole('PORT', { least: 0, most: 65_535, unset: 8080 }, 'port to listen on; 0 takes a free one'),
  publicUrl: address(
    'PUBLIC_URL',
    ['http', 'https'],
    'what links in webhooks and reports begin with; else the address of the request',
  ),
  dataDir: directory,
  databaseUrl: address(
    'DATABASE_URL',
    ['postgres', 'postgresql'],
    'PostgreSQL; else a database embedded in DATA_DIR, for serve alone',
  ),
  redisUrl: address('REDIS_URL', ['redis', 'rediss'], 'Redis for the queue; else the queue is in the database'),
  apiKeyHashes: text('API_KEY_HASHES', '', 'name:sha256 of the API keys, separated by commas (portledger key)'),
  listenWithoutKeys: yes(
    'LISTEN_WITHOUT_KEYS',
    '"yes" allows a HOST beyond loopback, and requests under any name, without API keys',
  ),
  maxCaptureBytes: whole(
    'MAX_CAPTURE_BYTES',
    { least: 1, most: BYTES, unset: 100 * GIB },
    'largest upload of one capture',
  ),
  diskReserveBytes: whole(
    'DISK_RESERVE_BYTES',
    { least: 0, most: BYTES, unset: GIB },
    'free bytes that uploads leave on the disk',
  ),
  bodyIdleSeconds: whole(
    'BODY_IDLE_SECONDS',
    { least: 1, most: 3600, unset: 30 },
    'an upload that stands still so long is cut off',
  ),
  webhookAllow: list('WEBHOOK_ALLOW', 'hosts and CIDR ranges that webhooks may call though they are not public'),
  webhookRetrySeconds: waits('WEBHOOK_RETRY_SECONDS', RETRY_SECONDS, 'waits between the tries of a webhook'),
  workerConcurrency: whole(
    'WORKER_CONCURRENCY',
    {
      least: 1,
      most: 256,
      unset: spareProcessors,
      shown: 'processors less one, at least 1',
    },
    'analyses at a time in one worker',
  ),
  analysisMemoryBytes: whole(
    'ANALYSIS_MEMORY_BYTES',
    {
      least: 128 * MIB,
      most: BYTES,
      unset: () => Math.max(GIB, Math.floor((0.75 * memoryBytes()) / spareProcessors())),
      shown: 'three quarters of the memory, divided by the processors less one; at least 1 GiB',
    },
    'memory that one analysis may take; it is ended beyond that',
  ),
  analysisTimeoutSeconds: whole(
    'ANALYSIS_TIMEOUT_SECONDS',
    { least: 1, most: 7 * 86_400, unset: 6 * 3600 },
    'time that one analysis may take',
  ),
  tableMemoryBytes: whole(
    'TABLE_MEMORY_BYTES',
    { least: 64 * MIB, most: BYTES, unset: 512 * MIB },
    'memory that the API may take to sort and page tables; beyond that it uses the disk',
  ),
  shutdownSeconds: whole(
    'SHUTDOWN_SECONDS',
    { least: 0, most: 86_400, unset: 8 },
    'time that running analyses and requests have left at a stop; then jobs are handed back',
  ),
  logLevel: choice(
    'LOG_LEVEL',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
    'what is logged, as JSON on standard error',
  ),
};

/** Throws `configuration-invalid` with the variable's name. An empty variable counts as not set. */
export function loadConfig(environment: Environment = process.env): Config {
  const entries = Object.entries(KNOBS).map(([name, knob]) => [name, readKnob(knob, environment[knob.variable])]);
  return Object.freeze(Object.fromEntries(entries)) as Config;
}

function readKnob(knob: Knob<unknown>, given: string | undefined): unknown {
  if (given === undefined || given.trim() === '') return knob.unset();
  try {
    return knob.read(given.trim());
  } catch (error) {
    throw new PortledgerError('configuration-invalid', `${knob.variable} ${(error as Error).message}`);
  }
}

/** The names, for whoever compares them with a compose file. */
export const VARIABLES: readonly string[] = Object.values(KNOBS).map((knob) => knob.variable);

/** The part of `portledger serve --help` that lists the variables. */
export function describeConfig(): string {
  const width = Math.max(...VARIABLES.map((name) => name.length)) + 2;
  return Object.values(KNOBS)
    .map(({ variable, help, shown }) => `  ${variable.padEnd(width)}${help}${shown === '' ? '' : ` (${shown})`}`)
    .join('\n');
}
