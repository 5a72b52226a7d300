/** The roles: what each is built from, in the order in which it starts; it stops in the reverse. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { startWork, type Work } from '../workers/main.ts';
import { Closing } from './closing.ts';
import type { Config } from './config.ts';
import { PortledgerError } from './errors.ts';
import { buildApp } from './http/app.ts';
import { type ApiKeys, checkListenAddress, parseKeyHashes } from './http/keys.ts';
import { createLog } from './log.ts';
import { type Allowed, parseAllowed } from './notify/addresses.ts';
import { createNotifier } from './notify/webhook.ts';
import { openParts, type ServiceParts } from './service-parts.ts';
import { scratchFolder } from './store/scratch.ts';
import { TableReader } from './tables/reader.ts';
import { VERSION } from './version.ts';

export interface Running {
  /** Where the API answers; null for a worker. */
  readonly url: string | null;
  /**
   * Ends what runs, or hands it back when the time for it is over. What hangs is left: the process has to be ended then.
   */
  stop(): Promise<void>;
}

interface Roles {
  readonly api: boolean;
  readonly work: boolean;
}

/** API and workers in one process tree. Throws `data-directory-in-use`, `configuration-invalid`, `usage`. */
export const startService = (config: Config): Promise<Running> => start(config, { api: true, work: true });

/** The API alone, for more machines. */
export async function startApi(config: Config): Promise<Running> {
  needDatabase(config, 'api');
  return start(config, { api: true, work: false });
}

/** One worker process alone; it answers to nobody. */
export async function startWorker(config: Config): Promise<Running> {
  needDatabase(config, 'worker');
  return start(config, { api: false, work: true });
}

function needDatabase({ databaseUrl }: Config, role: string): void {
  if (databaseUrl !== null) return;
  const message = `DATABASE_URL is not set: ${role} shares its records with other processes, only serve can do without`;
  throw new PortledgerError('configuration-invalid', message);
}

/** Settings that can be refused are read before anything is opened. */
async function start(config: Config, roles: Roles): Promise<Running> {
  const allowed = parseAllowed(config.webhookAllow);
  const keys = parseKeyHashes(config.apiKeyHashes);
  if (roles.api) checkListenAddress(config.host, keys, config.listenWithoutKeys);
  const log = createLog(config.logLevel, process.stderr);
  const closing = new Closing(log);
  try {
    const parts = await openParts(config, log, closing);
    const app = roles.api ? await openApi(config, parts, keys, allowed, closing) : null;
    const work = roles.work ? workOn(config, parts, allowed) : null;
    // Together, so that both have the whole time that a stop may take.
    closing.add('roles', () => Promise.all([app && closeApi(app, config.shutdownSeconds), work?.stop()]));
    if (app !== null) await listen(app, config);
    const stop = () => closing.closeWithin(config.shutdownSeconds + CLOSING_SECONDS);
    return { url: app && urlOf(app.server.address() as AddressInfo), stop };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** What takes longer is a server that does not answer; a process that ends without it loses nothing. */
const CLOSING_SECONDS = 5;

function workOn(config: Config, parts: ServiceParts, allowed: Allowed): Work {
  return startWork({
    ...parts,
    notifier: createNotifier(allowed),
    retrySeconds: config.webhookRetrySeconds,
    concurrency: config.workerConcurrency,
    childEntry: new URL('../workers/analyse-job.js', import.meta.url),
    memoryBytes: config.analysisMemoryBytes,
    timeoutSeconds: config.analysisTimeoutSeconds,
    graceSeconds: config.shutdownSeconds,
  });
}

async function openApi(
  config: Config,
  parts: ServiceParts,
  keys: ApiKeys,
  webhookAllow: Allowed,
  closing: Closing,
): Promise<FastifyInstance> {
  const scratch = scratchFolder(config.dataDir);
  const tables = openTables(config, scratch.path);
  closing.add('tables', () => tables.close().finally(scratch.release));
  return buildApp({
    ...parts,
    tables,
    keys,
    listenWithoutKeys: config.listenWithoutKeys,
    webhookAllow,
    publicUrl: config.publicUrl,
    version: VERSION,
    bodyIdleSeconds: config.bodyIdleSeconds,
    log: { level: config.logLevel, stream: process.stderr },
  });
}

/** Pages of tables at a time. */
const TABLES_AT_A_TIME = 4;

function openTables({ dataDir, tableMemoryBytes }: Config, temporaryFolder: string): TableReader {
  return new TableReader({
    folders: [join(dataDir, 'results')],
    temporaryFolder,
    concurrent: TABLES_AT_A_TIME,
    memoryBytes: tableMemoryBytes,
    threads: 2,
  });
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new PortledgerError('configuration-invalid', `HOST ${host}, PORT ${port} cannot be listened on: ${code}`, {
      cause,
    });
  }
}

async function closeApi(app: FastifyInstance, graceSeconds: number): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), graceSeconds * 1000);
  await app.close();
  clearTimeout(late);
}

const urlOf = ({ address, family, port }: AddressInfo) =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
