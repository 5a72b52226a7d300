/** A database that goes away between the opening of the queues and the first question of a consumer. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { SharedSession } from '../../src/queue/embedded-pool.ts';
import { openQueues } from '../../src/queue/open.ts';
import { openEmbedded } from '../../src/records/embedded.ts';

describe('a consumer that is refused at first', { timeout: 60_000 }, () => {
  it('tells it, leaves time for others, and works when the database is back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portledger-queue-'));
    const database = await openEmbedded(join(folder, 'database'));
    let away = false;
    const session: SharedSession = {
      async exclusive(work) {
        if (!away) return database.session.exclusive(work);
        await delay(20);
        throw new Error('the database is away');
      },
      onNotification: (listener) => database.session.onNotification(listener),
    };
    const queues = await openQueues({ kind: 'embedded', session }, () => undefined);
    away = true;
    const told: string[] = [];
    const worked: string[] = [];
    const consumer = queues.consume('analyses', {
      concurrency: 1,
      run: async (id) => {
        worked.push(id);
        return 'done';
      },
      onError: ({ message }) => void told.push(message),
    });
    while (told.length === 0) await delay(10);
    assert.match(told[0]!, /away/);
    away = false;
    await queues.analyses.add('a');
    while (worked.length === 0) await delay(10);
    await consumer.close();
    assert.deepEqual(worked, ['a']);
    await queues.close();
    await database.close();
    rmSync(folder, { recursive: true });
  });
});
