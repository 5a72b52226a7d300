import assert from 'node:assert/strict';
import { it } from 'node:test';
import { onEachDatabase, webhook } from './databases.ts';

onEachDatabase('deliveries', (open) => {
  const { started } = open;

  it('keeps the tries of a delivery until it ends', async () => {
    const { records } = open;
    const id = await started({ webhook });
    const { deliveryId } = (await records.jobs.finish(id, 'worker', { status: 'cancelled' }))!;
    const soon = new Date(Date.now() - 60_000);
    assert.ok((await records.deliveries.overdue(-1)).includes(deliveryId!));
    assert.ok(
      await records.deliveries.recordTry(deliveryId!, { status: 'pending', answer: '500 \0', nextTryAt: soon }),
    );
    assert.ok((await records.deliveries.overdue(30)).includes(deliveryId!));
    assert.deepEqual((await records.jobs.find(id))!.webhook, webhook);
    assert.ok(
      await records.deliveries.recordTry(deliveryId!, {
        status: 'delivered',
        answer: '2'.repeat(5000),
        nextTryAt: null,
      }),
    );
    assert.equal(
      await records.deliveries.recordTry(deliveryId!, { status: 'failed', answer: 'late', nextTryAt: null }),
      false,
    );
    const delivery = (await records.deliveries.find(deliveryId!))!;
    assert.deepEqual([delivery.status, delivery.tries, delivery.lastAnswer], ['delivered', 2, '2'.repeat(1000)]);
    assert.ok(!(await records.deliveries.overdue(0)).includes(deliveryId!));
  });

  it('forgets the secret of a webhook when its delivery has ended, and no other', async () => {
    const { database, records } = open;
    const [other, ...ending] = [await started({ webhook }), await started({ webhook }), await started({ webhook })];
    const finish = async (id: string) => (await records.jobs.finish(id, 'worker', { status: 'cancelled' }))!;
    await finish(other);
    for (const [index, status] of (['delivered', 'failed'] as const).entries()) {
      const id = ending[index]!;
      const { deliveryId } = await finish(id);
      await records.deliveries.recordTry(deliveryId!, { status, answer: '', nextTryAt: null });
      assert.deepEqual((await records.jobs.find(id))!.webhook, { url: webhook.url, secret: null });
      const { rows } = await database.query<{ row: string }>(
        'SELECT to_json(job)::text AS row FROM portledger.job WHERE id = $1',
        [id],
      );
      assert.ok(!rows[0]!.row.includes('whsec_'), rows[0]!.row);
    }
    assert.deepEqual((await records.jobs.find(other))!.webhook, webhook);
  });
});
