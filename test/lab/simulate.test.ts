import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ACK, FIN, RST, type Segment, type SegmentSink, SYN } from '../../src/analysis/segment/segment.ts';
import { Timeline } from '../../src/analysis/segment/timeline.ts';
import { EXHAUSTION } from './make-example.ts';
import { PcapWriter } from './pcap-writer.ts';
import { PortSpace } from './ports.ts';
import { Random } from './random.ts';
import { Schedule } from './schedule.ts';
import { type Plan, simulate } from './simulate.ts';
import { poisson, type Script } from './traffic.ts';

function plan(script: Partial<Script>, more: Partial<Plan> = {}): Plan {
  return {
    seed: 7,
    seconds: 60,
    hosts: [
      {
        address: '10.0.0.1',
        ports: { first: 49152, last: 49651, order: 'sequential' },
        timeWaitSeconds: 30,
        traffic: [{ remote: { address: '10.0.0.2', port: 80 }, arrivals: poisson(5), script: () => script }],
      },
    ],
    ...more,
  };
}

/** Keeps what reads like a line of tcpdump. */
class Lines implements SegmentSink {
  readonly lines: string[] = [];
  accept(segment: Segment): void {
    const { time, sourcePort, destinationPort, flags, seq, ack, length } = segment;
    this.lines.push([time, sourcePort, destinationPort, flags, seq, ack, length].join(' '));
  }
}

describe('laboratory', () => {
  it('plays the same packets for the same seed, and others for another', () => {
    const play = (seed: number): string[] => {
      const sink = new Lines();
      simulate({ ...plan({}), seed }, sink);
      return sink.lines;
    };
    assert.deepEqual(play(1), play(1));
    assert.notDeepEqual(play(1), play(2));
  });

  it('hands packets on in order of time, with sequence numbers that fit together', () => {
    const next = new Map<string, number>();
    let last = 0;
    const { packets } = simulate(plan({ rounds: 3 }), {
      accept(segment) {
        assert.ok(segment.time >= last);
        last = segment.time;
        const key = `${segment.source}:${segment.sourcePort}-${segment.destinationPort}`;
        const known = next.get(key);
        if (known !== undefined && !(segment.flags & SYN)) assert.equal(segment.seq, known);
        const octets = segment.length + (segment.flags & (SYN | FIN) ? 1 : 0);
        next.set(key, (segment.seq + octets) >>> 0);
        const other = next.get(`${segment.destination}:${segment.destinationPort}-${segment.sourcePort}`);
        if (segment.flags & ACK) assert.equal(segment.ack, other);
      },
    });
    assert.ok(packets > 1000);
  });

  it('knows the attempts, the sessions never closed and the half-closed ones', () => {
    let syns = 0;
    let fins = 0;
    const sink = {
      accept(segment: Segment): void {
        if ((segment.flags & (SYN | ACK)) === SYN) syns++;
        if (segment.flags & FIN) fins++;
      },
    };
    const leak = simulate(plan({ end: 'never' }), sink);
    assert.equal(leak.truth.attempts.get('10.0.0.1 10.0.0.2:80'), syns);
    assert.equal(fins, 0);
    assert.ok(leak.truth.neverClosed.length > syns - 10);
    const half = simulate(plan({ end: 'close-wait' }), sink);
    assert.ok(fins >= half.truth.halfClosed.length && half.truth.halfClosed.length > 100);
  });

  it('repeats an unanswered SYN after 3 and 6 seconds, and a refused one after half a second', () => {
    const times: number[] = [];
    const single = (answer: 'silent' | 'refuse'): number[] => {
      times.length = 0;
      const arrivals = (now: number): number => (now <= 0 ? 1 : Number.POSITIVE_INFINITY);
      const { hosts, ...rest } = plan({ answer });
      const traffic = [{ ...hosts[0]!.traffic[0]!, arrivals }];
      simulate({ ...rest, hosts: [{ ...hosts[0]!, traffic }] }, { accept: (segment) => note(segment) });
      return [...times];
    };
    const note = (segment: Segment): void => {
      if (segment.flags & RST) return;
      times.push(Math.round(segment.time / 1e8) / 10);
    };
    assert.deepEqual(single('silent'), [0, 3, 9]);
    assert.deepEqual(single('refuse'), [0, 0.5, 1]);
  });

  it('runs out of ports when TIME_WAIT holds them all, which leaves no packet', () => {
    const { truth, hosts } = simulate(
      plan({}, { hosts: [{ ...plan({}).hosts[0]!, ports: { first: 49152, last: 49191, order: 'random' } }] }),
      new Lines(),
    );
    assert.equal(hosts[0]!.ports.peakInUse, 40);
    assert.ok(truth.refusedLocally.length > 50);
  });

  it('gives no port twice while it is held, and none that is lost', () => {
    for (const order of ['sequential', 'random', 'per-remote'] as const) {
      const ports = new PortSpace({ first: 100, last: 163, order }, new Random(3));
      ports.lose(110, null);
      ports.lose(111, 1);
      const towardsOne = Array.from({ length: 62 }, () => ports.draw(1));
      assert.equal(new Set(towardsOne).size, 62, order);
      assert.ok(!towardsOne.includes(110) && !towardsOne.includes(111) && !towardsOne.includes(-1), order);
      assert.equal(ports.draw(1), -1, order);
      assert.equal(ports.draw(2), 111, order);
      ports.release(120, 1);
      assert.equal(ports.draw(1), 120, order);
    }
  });

  it('sees less through a one-sided, lossy or interrupted capture', () => {
    const count = (view: Plan['view']): number => simulate(plan({}, view ? { view } : {}), new Lines()).packets;
    const all = count({});
    assert.ok(count({ side: 'client' }) + count({ side: 'remote' }) === all);
    assert.ok(Math.abs(count({ drops: 0.1 }) / all - 0.9) < 0.03);
    assert.ok(Math.abs(count({ hole: { from: 20, to: 40 } }) / all - 2 / 3) < 0.1);
    assert.ok(count({ flagsOnly: true }) < all / 2);
  });

  it('takes entries in order of time', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 300 }), (times) => {
        const schedule = new Schedule();
        for (const [id, time] of times.entries()) schedule.add(time, id);
        const taken: number[] = [];
        while (schedule.count > 0) taken.push(times[schedule.take()]!);
        assert.deepEqual(
          taken,
          times.toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it('writes the example capture that is committed', () => {
    const hash = createHash('sha256');
    const timeline = new Timeline();
    const writer = new PcapWriter((chunk) => hash.update(chunk), timeline, 96);
    simulate(EXHAUSTION, writer, timeline);
    writer.end();
    const committed = readFileSync(new URL('../../../examples/exhaustion.pcap', import.meta.url));
    assert.equal(hash.digest('hex'), createHash('sha256').update(committed).digest('hex'));
  });
});
