/**
 * Processes and servers are killed, stopped and started by chance while jobs come in. In the end each job that was
 * accepted has the report of an undisturbed run, each webhook was heard under one id, and nothing is left over.
 * `npm run faults`; SEED=N repeats a run as far as chance goes, FAULT_SECONDS=N makes it longer.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from '../../src/contract/job.ts';
import { Random } from '../lab/random.ts';
import {
  freePort,
  skipPostgres,
  skipPrivateRedis,
  startPostgres,
  startPrivateRedis,
  type TestRedis,
  type TestServer,
} from '../servers.ts';
import {
  analysesOf,
  canSeeChildren,
  type Environment,
  ended,
  killIfThere,
  type RoleProcess,
  resultOf,
  startRole,
  submit,
} from './processes.ts';

const CAPTURE = readFileSync(join(import.meta.dirname, '../../../test/captures/leak_never_closed.pcap'));
const SHA256 = createHash('sha256').update(CAPTURE).digest('hex');
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const FAULT_MS = Number(process.env.FAULT_SECONDS ?? 15) * 1000;

type RoleName = 'serve' | 'api' | 'worker';

/** The roles, a receiver of their webhooks, and what was accepted. */
class Installation {
  readonly folder = mkdtempSync(join(tmpdir(), 'portledger-faults-'));
  readonly accepted: string[] = [];
  /** Ids of the deliveries by job. */
  readonly heard = new Map<string, Set<string>>();
  readonly roles = new Map<string, { name: RoleName; process: RoleProcess }>();
  readonly random: Random;
  #environment: Environment = {};
  #receiver!: Server;

  constructor(random: Random) {
    this.random = random;
  }

  async start(names: readonly RoleName[], environment: Environment): Promise<void> {
    this.#receiver = createServer(async (request, response) => {
      const { data } = (await json(request)) as { data: { job: { id: string } } };
      if (this.random.below(5) === 0) return void response.writeHead(500).end();
      const ids = this.heard.get(data.job.id) ?? new Set();
      this.heard.set(data.job.id, ids.add(String(request.headers['webhook-id'])));
      response.writeHead(204).end();
    }).listen(0, '127.0.0.1');
    await once(this.#receiver, 'listening');
    this.#environment = {
      DATA_DIR: this.folder,
      PORT: String(await freePort()),
      WEBHOOK_ALLOW: '127.0.0.0/8',
      WEBHOOK_RETRY_SECONDS: Array(50).fill('0.5').join(','),
      SHUTDOWN_SECONDS: '1',
      WORKER_CONCURRENCY: '2',
      ...environment,
    };
    await Promise.all(names.map((name, at) => this.#begin(`${name} ${at}`, name)));
  }

  async #begin(key: string, name: RoleName): Promise<void> {
    this.roles.set(key, { name, process: await startRole(name, this.#environment) });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#environment.PORT}`;
  }

  /** Submits without end, whatever is down just now. */
  async submitUntil(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.#submit().catch((error: unknown) => assert.ok(error instanceof TypeError, String(error))); // no server
      await delay(this.random.below(800));
    }
  }

  async #submit(): Promise<void> {
    const form = new FormData();
    const { port } = this.#receiver.address() as AddressInfo;
    form.set('webhook', JSON.stringify({ url: `http://127.0.0.1:${port}/`, secret: SECRET }));
    form.set('file', new Blob([CAPTURE]), 'capture.pcap');
    const answer = await fetch(`${this.url}/v1/jobs`, { method: 'POST', body: form });
    const said = await answer.text();
    if (answer.status === 202) this.accepted.push((JSON.parse(said) as Job).id);
    else assert.equal(answer.status, 503, said);
  }

  #anyRole() {
    const all = [...this.roles];
    return all[this.random.below(all.length)]!;
  }

  /** Ends one and starts it again. */
  async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const [key, { name, process }] = this.#anyRole();
    const status = await process.end(signal);
    assert.equal(status, signal === 'SIGTERM' ? 0 : signal, process.log());
    await this.#begin(key, name);
  }

  async killAnalysis(): Promise<void> {
    const [, role] = this.#anyRole();
    for (const child of analysesOf(role.process.pid)) killIfThere(child);
  }

  async freeze(): Promise<void> {
    const [, role] = this.#anyRole();
    process.kill(role.process.pid, 'SIGSTOP');
    await delay(this.random.below(4000));
    process.kill(role.process.pid, 'SIGCONT');
  }

  async check(): Promise<void> {
    const undisturbed = (await submit(this.url, CAPTURE)).id;
    assert.equal((await ended(this.url, undisturbed)).status, 'completed');
    const report = await resultOf(this.url, undisturbed);
    for (const id of this.accepted) {
      const job = await ended(this.url, id);
      assert.equal(job.status, 'completed', JSON.stringify(job.error));
      assert.equal(await resultOf(this.url, id), report);
      const stored = readFileSync(join(this.folder, 'captures', job.captures[0]!.id));
      assert.equal(createHash('sha256').update(stored).digest('hex'), SHA256);
      while (!this.heard.has(id)) await delay(50);
    }
    for (const [id, deliveries] of this.heard) assert.equal(deliveries.size, 1, id);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.roles.values()].map(({ process }) => process.end('SIGTERM')));
    this.#receiver.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Of jobs and captures that nobody heard of, too: they are whole, or not there. */
  leftovers(): string[] {
    return ['incoming', 'results', 'tables'].flatMap((name) =>
      readdirSync(join(this.folder, name)).filter((entry) => entry.endsWith('.part')),
    );
  }
}

type Fault = () => Promise<void>;

async function disturb(installation: Installation, faults: readonly Fault[], tell: (line: string) => void) {
  const over = new AbortController();
  const clients = [installation.submitUntil(over.signal), installation.submitUntil(over.signal)];
  const until = performance.now() + FAULT_MS;
  while (performance.now() < until) {
    await delay(installation.random.below(2000));
    await faults[installation.random.below(faults.length)]!();
  }
  over.abort();
  await Promise.all(clients);
  tell(`${installation.accepted.length} jobs were accepted meanwhile`);
  await installation.check();
}

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describe(`faults by chance, seed ${seed}`, { skip: canSeeChildren, timeout: FAULT_MS + 300_000 }, () => {
  it('of serve on a folder of its own lose nothing', async (context) => {
    const installation = new Installation(new Random(seed));
    await installation.start(['serve'], {});
    const kill = () => installation.restart('SIGKILL');
    const stop = () => installation.restart('SIGTERM');
    const others = [() => installation.killAnalysis(), () => installation.freeze()];
    await disturb(installation, [kill, kill, stop, ...others], (line) => context.diagnostic(line));
    await kill(); // the next start leaves nothing
    assert.deepEqual(installation.leftovers(), []);
    await installation.stop();
  });
});

describe(`faults by chance, with servers, seed ${seed}`, {
  skip: canSeeChildren || skipPostgres || skipPrivateRedis,
  timeout: FAULT_MS + 300_000,
}, () => {
  let database: TestServer;
  let redis: TestRedis;
  before(async () => {
    [database, redis] = await Promise.all([startPostgres(), startPrivateRedis()]);
  });
  after(() => Promise.all([database.stop(), redis.stop()]));

  async function killRedis(random: Random): Promise<void> {
    await redis.kill();
    await delay(random.below(3000));
    await redis.start();
  }

  it('of API, workers, Redis and what it knows lose nothing', async (context) => {
    const random = new Random(seed);
    const installation = new Installation(random);
    await installation.start(['api', 'worker', 'worker'], { DATABASE_URL: database.url, REDIS_URL: redis.url });
    const faults = [
      () => installation.restart('SIGKILL'),
      () => installation.restart('SIGTERM'),
      () => installation.killAnalysis(),
      () => installation.freeze(),
      () => killRedis(random),
      () => redis.forget(),
    ];
    await disturb(installation, faults, (line) => context.diagnostic(line));
    await installation.stop();
  });
});
