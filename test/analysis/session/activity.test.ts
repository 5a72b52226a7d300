import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Addresses } from '../../../src/analysis/segment/addresses.ts';
import { HostActivity } from '../../../src/analysis/session/activity.ts';
import { SessionTracker } from '../../../src/analysis/session/tracker.ts';
import { streamTo } from '../direct.ts';
import { segmentsOf } from './scene.ts';

const SECOND = 1e9;
const CLIENT = 0x0a010101;

/** What is noted of one segment of 10.1.1.1 at each of these seconds. */
function activityAt(...seconds: number[]): { activity: HostActivity; client: number } {
  const addresses = new Addresses();
  const activity = new HostActivity(addresses);
  const stream = streamTo(new SessionTracker(0, activity));
  for (const segment of segmentsOf(seconds.map((second) => `${second} > A seq=1 ack=1`))) stream.accept(segment);
  stream.flush();
  return { activity, client: addresses.idOf(4, CLIENT) };
}

describe('the activity of hosts', () => {
  it('is counted in the seconds that begin in a span', () => {
    // The second in which a session begins is not among them: the columns of the sessions tell of it.
    const { activity, client } = activityAt(0.4, 1.5, 2.2, 2.9, 4.9);
    const counted = (from: number, to: number) => activity.seconds(client, from * SECOND, to * SECOND);
    assert.deepEqual(counted(0, 5), { count: 3, last: 4 * SECOND });
    assert.deepEqual(counted(0, 4), { count: 2, last: 2 * SECOND });
    assert.deepEqual(counted(0, 4.1), { count: 3, last: 4 * SECOND });
    assert.deepEqual(counted(2, 3), { count: 1, last: 2 * SECOND });
    assert.deepEqual(counted(2.1, 4), { count: 0, last: Number.NaN });
    assert.deepEqual(activity.seconds(client + 99, 0, 5 * SECOND), { count: 0, last: Number.NaN });
  });

  it('has silences of more than a minute', () => {
    const { activity } = activityAt(0, 60, 120.001, 121);
    assert.deepEqual(activity.silences, [{ from: 60 * SECOND, to: 120.001 * SECOND }]);
  });

  it('has a median pause, to the next power of two of microseconds', () => {
    assert.equal(activityAt(0, 0.001, 0.002, 1.002, 2.002, 3.002).activity.medianPauseSeconds, 2 ** 20 * 1e-6);
    assert.equal(activityAt(0, 0.001, 0.002, 0.003, 1.003, 2.003).activity.medianPauseSeconds, 2 ** 10 * 1e-6);
  });
});
