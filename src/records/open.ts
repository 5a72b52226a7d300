import { captureRecords } from './captures.ts';
import type { Database } from './database.ts';
import { deliveryRecords } from './deliveries.ts';
import { idempotencyRecords } from './idempotency.ts';
import { jobRecords } from './jobs.ts';
import { leftoverRecords } from './leftovers.ts';
import { migrate } from './migrations.ts';
import type { Records } from './records.ts';

/** Brings the tables up to date and gives the records on them. `close` closes the database. */
export async function openRecords(database: Database): Promise<Records> {
  await migrate(database);
  const { rows } = await database.query<{ id: string }>('SELECT id FROM portledger.installation');
  return {
    installation: rows[0]!.id,
    jobs: jobRecords(database),
    captures: captureRecords(database),
    idempotency: idempotencyRecords(database),
    deliveries: deliveryRecords(database),
    leftovers: leftoverRecords(database),
    ping: async () => void (await database.query('SELECT 1')),
    close: () => database.close(),
  };
}
