/** Each place where the queue can live, for tests that must hold in all of them. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueuePlace } from '../../src/queue/bullmq.ts';
import { openEmbedded } from '../../src/records/embedded.ts';
import { skipPostgres, skipRedis, startPostgres, startRedis } from '../servers.ts';

export interface TestPlace {
  readonly place: QueuePlace;
  remove(): Promise<void>;
}

export const PLACES: { name: string; skip: false | string; create: () => Promise<TestPlace> }[] = [
  { name: 'PGlite', skip: false, create: embedded },
  { name: 'PostgreSQL', skip: skipPostgres, create: postgres },
  { name: 'Redis', skip: skipRedis, create: redis },
];

async function embedded(): Promise<TestPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'portledger-queue-'));
  const database = await openEmbedded(join(folder, 'database'));
  return {
    place: { kind: 'embedded', session: database.session },
    remove: async () => {
      await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function postgres(): Promise<TestPlace> {
  const { url, stop } = await startPostgres();
  return { place: { kind: 'postgres', url }, remove: stop };
}

async function redis(): Promise<TestPlace> {
  const { url, stop } = await startRedis();
  return { place: { kind: 'redis', url, installation: randomUUID() }, remove: stop };
}
