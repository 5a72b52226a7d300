import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openRecords } from '../../src/records/open.ts';
import { onEachDatabase, webhook } from './databases.ts';

const failsWith = (code: string) => (error: unknown) => (error as { code: string }).code === code;

onEachDatabase('a database', (open) => {
  const { aJob, started } = open;

  it('undoes a transaction that fails, and goes on', async () => {
    const { database, records } = open;
    const failing = database.transaction(async (transaction) => {
      await transaction.query(`UPDATE portledger.installation SET id = 'changed'`);
      throw new Error('stop');
    });
    await assert.rejects(failing, /stop/);
    await assert.rejects(database.query('SELECT nonsense'), failsWith('42703'));
    assert.equal((await openRecords(database)).installation, records.installation);
  });

  it('is the same after it was closed and opened again', async () => {
    const { id } = await aJob({ labels: { kept: 'yes' } });
    const { installation } = open.records;
    await open.records.close();
    await open.again();
    assert.equal(open.records.installation, installation);
    assert.deepEqual((await open.records.jobs.find(id))!.labels, { kept: 'yes' });
  });

  it('forgets the secrets that its first version kept', async () => {
    const { database, records } = open;
    const [pending, ended] = [await started({ webhook }), await started({ webhook })];
    await records.jobs.finish(pending, 'worker', { status: 'cancelled' });
    const { deliveryId } = (await records.jobs.finish(ended, 'worker', { status: 'cancelled' }))!;
    await records.deliveries.recordTry(deliveryId!, { status: 'delivered', answer: '', nextTryAt: null });
    await database.query('UPDATE portledger.job SET webhook = $2 WHERE id = $1', [ended, JSON.stringify(webhook)]);
    await database.query('DROP TABLE portledger.leftover; DELETE FROM portledger.migration WHERE version > 1');
    await openRecords(database);
    assert.deepEqual((await records.jobs.find(ended))!.webhook, { url: webhook.url, secret: null });
    assert.deepEqual((await records.jobs.find(pending))!.webhook, webhook);
  });
});
