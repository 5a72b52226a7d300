/** Each database that the records can be kept in, for tests that must hold on all of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openPostgres } from '../../src/records/database.ts';
import { openEmbedded } from '../../src/records/embedded.ts';
import { skipPostgres, startPostgres } from '../servers.ts';

export interface TestDatabase {
  open(): Promise<Database>;
  remove(): Promise<void>;
}

export const DATABASES: { name: string; skip: false | string; create: () => Promise<TestDatabase> }[] = [
  { name: 'PGlite', skip: false, create: embedded },
  { name: 'PostgreSQL', skip: skipPostgres, create: server },
];

async function embedded(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'portledger-records-'));
  return {
    open: () => openEmbedded(join(folder, 'database')),
    remove: async () => rmSync(folder, { recursive: true }),
  };
}

async function server(): Promise<TestDatabase> {
  const { url, stop } = await startPostgres();
  return {
    open: async () =>
      openPostgres(url, (error) => {
        throw error;
      }),
    remove: stop,
  };
}
