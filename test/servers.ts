/**
 * Real servers for tests: PostgreSQL and Redis that are given (DATABASE_URL, REDIS_URL), or private ones on free ports
 * of the loopback. Where neither can be had the tests that need them are skipped with a reason, unless
 * REQUIRE_SERVERS=yes makes that an error.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

const required = process.env.REQUIRE_SERVERS === 'yes';

function missing(what: string): string {
  if (required) throw new Error(`REQUIRE_SERVERS=yes, but there is no ${what}`);
  return `skipped: no ${what}`;
}

const binaryOf = (name: string) =>
  (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, name))
    .find(existsSync);

const POSTGRES_HOME = '/usr/lib/postgresql';

function postgresFolder(): string | undefined {
  if (!existsSync(POSTGRES_HOME)) return undefined;
  const versions = readdirSync(POSTGRES_HOME).sort((a, b) => Number(b) - Number(a));
  return versions
    .map((version) => join(POSTGRES_HOME, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** False when there is a PostgreSQL for tests, else the reason why there is none, as node:test's `skip` takes it. */
export const skipPostgres: false | string =
  process.env.DATABASE_URL !== undefined || postgresFolder() !== undefined
    ? false
    : missing('PostgreSQL (DATABASE_URL, or binaries in /usr/lib/postgresql)');

export const skipRedis: false | string =
  process.env.REDIS_URL !== undefined || binaryOf('redis-server') !== undefined
    ? false
    : missing('Redis (REDIS_URL, or redis-server on the path)');

/** For tests that kill it: not one that others use. */
export const skipPrivateRedis: false | string =
  binaryOf('redis-server') === undefined ? missing('redis-server on the path') : false;

/** A database of its own, empty. */
export async function startPostgres(): Promise<TestServer> {
  const given = process.env.DATABASE_URL;
  return given === undefined ? startPrivatePostgres(postgresFolder()!) : createDatabase(given);
}

async function createDatabase(server: string): Promise<TestServer> {
  const name = `portledger_test_${randomBytes(6).toString('hex')}`;
  await queryOnce(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, stop: () => queryOnce(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function queryOnce(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** PostgreSQL refuses to run as root: then it runs as `postgres` or `nobody`. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user === undefined) throw new Error('neither postgres nor nobody is a user here');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

async function startPrivatePostgres(binaries: string): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'portledger-postgres-'));
  const user = unprivileged();
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid!);
  const cluster = join(folder, 'cluster');
  execFileSync(join(binaries, 'initdb'), ['-D', cluster, '-U', 'tester', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  const port = await freePort();
  const options = ['-D', cluster, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-F'];
  const server = keep(spawn(join(binaries, 'postgres'), options, { ...user, cwd: folder, stdio: 'ignore' }));
  const url = `postgres://tester@127.0.0.1:${port}/postgres`;
  await answered(server, () => queryOnce(url, 'SELECT 1'));
  return { url, stop: () => stopServer(server, 'SIGINT', folder) };
}

/** Its address, and its own life: `kill` and `start` are for tests that take it away for a while. */
export interface TestRedis extends TestServer {
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Loses all that it holds. */
  forget(): Promise<void>;
}

export async function startRedis(): Promise<TestServer> {
  const given = process.env.REDIS_URL;
  return given === undefined ? startPrivateRedis() : { url: given, stop: async () => undefined };
}

/** Always one of our own, with an append-only file that has what was answered for, so that it may be killed. */
export async function startPrivateRedis(): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'portledger-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const kept = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...kept];
  let server: ChildProcess;
  const start = async () => {
    server = keep(spawn('redis-server', options, { stdio: 'ignore' }));
    await answered(server, () => pingRedis(url));
  };
  await start();
  return {
    url,
    start,
    kill: () => endProcess(server, 'SIGKILL'),
    forget: () => askRedis(url, (client) => client.flushall()),
    stop: () => stopServer(server, 'SIGTERM', folder),
  };
}

const pingRedis = (url: string) => askRedis(url, (client) => client.ping());

async function askRedis(url: string, ask: (client: Redis) => Promise<unknown>): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await ask(client);
  } finally {
    client.disconnect();
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const server of running) server.kill('SIGKILL');
});

function keep(server: ChildProcess): ChildProcess {
  running.add(server);
  server.once('exit', () => running.delete(server));
  return server;
}

async function answered(server: ChildProcess, ask: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) throw new Error(`${server.spawnfile} ended with ${server.exitCode}`);
    const answers = await ask().then(
      () => true,
      () => false,
    );
    if (answers) return;
    await delay(50);
  }
  throw new Error(`${server.spawnfile} does not answer`);
}

async function endProcess(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill(signal);
  await gone;
}

async function stopServer(server: ChildProcess, signal: NodeJS.Signals, folder: string): Promise<void> {
  await endProcess(server, signal);
  rmSync(folder, { recursive: true, force: true });
}
