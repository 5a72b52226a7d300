import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { onEachDatabase } from './databases.ts';

onEachDatabase('captures', (open) => {
  const { aCapture, aJob } = open;

  it('keeps captures, newest first, over pages', async () => {
    const { records } = open;
    const made = [await aCapture(), await aCapture('evidence', 'netstat.txt'), await aCapture('capture', 'a\0b')];
    assert.deepEqual(await records.captures.find(made[1]!.id), made[1]);
    assert.equal(made[0]!.bytes, 2 ** 33);
    assert.equal(made[2]!.name, 'ab');
    const first = await records.captures.list({ limit: 2 });
    const second = await records.captures.list({ limit: 1, cursor: first.nextCursor! });
    assert.deepEqual(
      [...first.captures, ...second.captures].map(({ id }) => id),
      made.map(({ id }) => id).reverse(),
    );
  });

  it('keeps a capture as long as an unfinished job needs it', async () => {
    const { records } = open;
    const capture = await aCapture();
    const { id } = await aJob({ captures: [{ id: capture.id, owned: false }] });
    assert.equal(await records.captures.remove(capture.id), 'in-use');
    await records.jobs.start(id, 'worker');
    assert.equal(await records.captures.remove(capture.id), 'in-use');
    await records.jobs.finish(id, 'worker', { status: 'cancelled' });
    assert.equal(await records.captures.remove(capture.id), 'removed');
    assert.equal(await records.captures.remove(capture.id), 'absent');
    assert.equal((await records.jobs.find(id))!.captures[0]!.name, 'a.pcap');
  });

  it('notes what may lie in a store without a record: what is expected and not recorded, and what was removed', async () => {
    const { records } = open;
    const leftovers = async () => (await records.leftovers.notedBefore(0)).map(({ id, kind }) => `${kind} ${id}`);
    const [expected, recorded] = [randomUUID(), randomUUID()];
    await records.leftovers.expect([expected, recorded]);
    await records.leftovers.expect([expected]);
    await records.captures.create({ id: recorded, kind: 'capture', name: 'a', bytes: 1, sha256: '0'.repeat(64) });
    assert.ok((await leftovers()).includes(`capture ${expected}`));
    assert.ok(!(await leftovers()).includes(`capture ${recorded}`));

    const alone = await aCapture();
    const owned = await aCapture();
    const job = await aJob({
      captures: [
        { id: owned.id, owned: true },
        { id: alone.id, owned: false },
      ],
    });
    await records.jobs.cancel(job.id);
    await records.jobs.remove(job.id);
    assert.ok(!(await leftovers()).includes(`capture ${alone.id}`));
    await records.captures.remove(alone.id);
    const noted = await leftovers();
    for (const each of [`results ${job.id}`, `capture ${owned.id}`, `capture ${alone.id}`]) {
      assert.ok(noted.includes(each), each);
    }
    assert.deepEqual(await records.leftovers.notedBefore(3600), []);
    await records.leftovers.forget(noted.map((each) => each.split(' ')[1]!));
    assert.deepEqual(await leftovers(), []);
  });
});
