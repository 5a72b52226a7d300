import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Addresses } from '../../../src/analysis/segment/addresses.ts';
import { ACK, FIN, type Segment, SYN } from '../../../src/analysis/segment/segment.ts';
import { HostActivity } from '../../../src/analysis/session/activity.ts';
import { finishSessions } from '../../../src/analysis/session/finish.ts';
import {
  CLOSED,
  CLOSERS,
  closerOf,
  FIN_UNSEEN,
  STATES,
  SYN_ACK_UNSEEN,
  stateOf,
} from '../../../src/analysis/session/sessions.ts';
import { SessionTracker } from '../../../src/analysis/session/tracker.ts';
import { simulate } from '../../lab/simulate.ts';
import { streamTo } from '../direct.ts';

const CLIENT = 0x0a000001;

/** One session, and what the tracker makes of it when the capture misses or moves packets. */
function track(end: 'client' | 'remote', view: (segments: Segment[]) => Segment[], bytes = 200) {
  const segments: Segment[] = [];
  simulate(
    {
      seed: 3,
      seconds: 60,
      hosts: [
        {
          address: '10.0.0.1',
          ports: { first: 50000, last: 50010, order: 'sequential' },
          timeWaitSeconds: 30,
          traffic: [
            {
              remote: { address: '10.0.0.2', port: 80 },
              arrivals: (now) => (now <= 0 ? 1 : Number.POSITIVE_INFINITY),
              script: () => ({ end, requestBytes: bytes }),
            },
          ],
        },
      ],
    },
    { accept: (segment) => segments.push({ ...segment }) },
  );
  const addresses = new Addresses();
  const tracker = new SessionTracker(0, new HostActivity(addresses));
  const stream = streamTo(tracker);
  for (const segment of view(segments)) stream.accept(segment);
  stream.flush();
  const sessions = finishSessions(tracker, addresses, { clients: [], pool: null });
  assert.equal(sessions.count, 1);
  const facts = sessions.facts[0]!;
  return {
    state: STATES[stateOf(facts)],
    closer: CLOSERS[closerOf(facts)],
    unseen: (facts & FIN_UNSEEN) !== 0,
    unseenSynAck: (facts & SYN_ACK_UNSEEN) !== 0,
    closed: sessions.closed[0]!,
  };
}

const isFinOf = (client: boolean) => (segment: Segment) =>
  (segment.flags & FIN) !== 0 && (segment.source === CLIENT) === client;

describe('a FIN that the capture misses', () => {
  for (const end of ['client', 'remote'] as const) {
    for (const missing of ['first', 'second'] as const) {
      it(`is known by its acknowledgment (${end} closes, ${missing} FIN missing)`, () => {
        const whole = track(end, (segments) => segments);
        const missed = isFinOf((end === 'client') === (missing === 'first'));
        const seen = track(end, (segments) => segments.filter((segment) => !missed(segment)));
        assert.deepEqual(seen, { ...whole, unseen: true });
        assert.equal(whole.unseen, false);
        assert.equal(whole.state, STATES[CLOSED]);
      });
    }

    it(`is no FIN missed when it only comes late (${end} closes)`, () => {
      const swapped = track(end, (segments) => {
        const first = segments.findIndex(isFinOf(end === 'client'));
        const second = segments.findIndex(isFinOf(end !== 'client'));
        const list = [...segments];
        [list[first], list[second]] = [segments[second]!, segments[first]!];
        return list;
      });
      assert.equal(swapped.unseen, false);
      assert.equal(swapped.state, STATES[CLOSED]);
      assert.equal(swapped.closer, end);
    });
  }

  it('is not invented while the session is open, whatever is acknowledged', () => {
    const open = track(
      'client',
      (segments) => segments.filter(({ length, flags }) => length !== 1 && !(flags & FIN)),
      1,
    );
    assert.deepEqual([open.state, open.unseen], ['open', false]);
  });
});

describe('a SYN-ACK that the capture misses', () => {
  const isSynAck = ({ flags }: Segment) => (flags & (SYN | ACK)) === (SYN | ACK);

  it('is known where both sides are seen and the handshake was done without it', () => {
    assert.equal(track('client', (segments) => segments).unseenSynAck, false);
    const missed = track('client', (segments) => segments.filter((segment) => !isSynAck(segment)));
    assert.deepEqual([missed.state, missed.unseenSynAck], ['closed', true]);
  });

  it('is not one of many packets of a side that the capture does not see at all', () => {
    const oneSided = track('client', (segments) => segments.filter(({ source }) => source === CLIENT));
    assert.equal(oneSided.unseenSynAck, false);
  });

  it('is not missed when it only comes late', () => {
    const late = track('client', (segments) => {
      const at = segments.findIndex(isSynAck);
      return [...segments.slice(0, at), segments[at + 1]!, segments[at]!, ...segments.slice(at + 2)];
    });
    assert.equal(late.unseenSynAck, false);
  });
});
