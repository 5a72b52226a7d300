/** The embedded database on a disk that fills up: a small tmpfs, where one may be mounted. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openQueues } from '../../src/queue/open.ts';
import { openEmbedded } from '../../src/records/embedded.ts';

const MIB = 2 ** 20;
const root = mkdtempSync(join(tmpdir(), 'portledger-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128m', 'tmpfs', root]).status === 0;
if (!mounted) rmdirSync(root);

describe('the embedded database on a full disk', {
  skip: mounted ? false : 'skipped: no tmpfs',
}, () => {
  after(() => {
    spawnSync('umount', [root]);
    rmdirSync(root);
  });

  const filler = join(root, 'filler');
  const fill = (leaving: number) => {
    const { bavail, bsize } = statfsSync(root);
    writeFileSync(filler, Buffer.alloc(bavail * bsize - leaving));
  };

  it('is not begun where it has no room', async () => {
    fill(60 * MIB);
    await assert.rejects(openEmbedded(join(root, 'database')), { code: 'unavailable', message: /bytes free/ });
    rmSync(filler);
  });

  it('says so, leaves time for others, and goes on when there is room again', async () => {
    const database = await openEmbedded(join(root, 'database'));
    const queues = await openQueues({ kind: 'embedded', session: database.session }, () => undefined);
    const worked: string[] = [];
    const run = async (id: string) => {
      worked.push(id);
      return 'done' as const;
    };
    const consumer = queues.consume('analyses', { concurrency: 1, run, onError: () => undefined });
    const untilWorked = async (id: string) => {
      while (!worked.includes(id)) await delay(10);
    };
    await queues.analyses.add('a');
    await untilWorked('a'); // BullMQ remembers a refusal of its first question for good
    await database.query('CREATE TABLE kept (id integer)');
    fill(20 * MIB);
    for (let i = 0; i < 5; i++) {
      await assert.rejects(database.query('INSERT INTO kept VALUES (1)'), { code: 'unavailable' });
      await assert.rejects(
        database.transaction((transaction) => transaction.query('SELECT 1')),
        { code: 'unavailable' },
      );
    }
    await assert.rejects(queues.analyses.add('b'), { code: 'unavailable' });
    rmSync(filler);
    await database.query('INSERT INTO kept VALUES (2)');
    assert.deepEqual((await database.query('SELECT id FROM kept')).rows, [{ id: 2 }]);
    await queues.analyses.add('c');
    await untilWorked('c');
    await consumer.close();
    await queues.close();
    await database.close();
  });
});
