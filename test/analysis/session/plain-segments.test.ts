/** The plain way of the tracker does what the general one does: a segment whose process is named goes the general way. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Addresses } from '../../../src/analysis/segment/addresses.ts';
import { NamedProcesses } from '../../../src/analysis/segment/named-processes.ts';
import { ACK, FIN, PSH, RST, Segment, SYN } from '../../../src/analysis/segment/segment.ts';
import { HostActivity } from '../../../src/analysis/session/activity.ts';
import { SessionTracker } from '../../../src/analysis/session/tracker.ts';
import { streamTo } from '../direct.ts';

const FLAGS = [SYN, SYN | ACK, ACK, ACK, ACK, PSH | ACK, PSH | ACK, PSH | ACK, FIN | ACK, RST, RST | ACK, 0];
const NEAR = 2 ** 24;
/** How far a packet's number lies from where its end stopped. */
const JUMPS = [0, 0, 0, 0, 0, 1, -1, 100, -100, NEAR - 1, NEAR, -NEAR, 1 - NEAR, 2 ** 31];
const LENGTHS = [0, 0, 1, 1460, 2 ** 24, 2 ** 32 - 1];

interface Packet {
  readonly tuple: number;
  readonly fromClient: boolean;
  readonly flags: number;
  readonly jump: number;
  readonly length: number;
  readonly pause: number;
  readonly capture: number;
  readonly copied: boolean;
}

const packets: fc.Arbitrary<Packet> = fc.record({
  tuple: fc.nat(3),
  fromClient: fc.boolean(),
  flags: fc.constantFrom(...FLAGS),
  jump: fc.constantFrom(...JUMPS),
  length: fc.constantFrom(...LENGTHS),
  pause: fc.constantFrom(0, 1e3, 1e6, 2e9, 70e9),
  capture: fc.constantFrom(0, 0, 0, 1),
  copied: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
});

function track(sent: readonly Packet[], isNamed: boolean): SessionTracker {
  const tracker = new SessionTracker(0, new HostActivity(new Addresses()));
  const processes = new NamedProcesses();
  const process = isNamed ? processes.id(0, 'ptcpdump', 7, new Uint8Array(0)) : 0;
  const stream = streamTo(tracker, processes);
  const next = new Int32Array(8).fill(0x7fff_ff00);
  const segment = new Segment();
  segment.process = process;
  for (const [at, packet] of sent.entries()) {
    fill(segment, packet, next);
    segment.identity = at + 1;
    segment.frame++;
    stream.accept(segment);
    if (!packet.copied) continue;
    segment.frame++;
    stream.accept(segment);
  }
  stream.flush();
  return tracker;
}

/** Tuples 2 and 3 are those of IPv6, with numbers for addresses that tuples 0 and 1 have, too. */
function fill(segment: Segment, packet: Packet, next: Int32Array): void {
  const { tuple, fromClient, flags, jump, length } = packet;
  const ends = [tuple & 1, 5];
  const own = tuple * 2 + (fromClient ? 0 : 1);
  segment.family = tuple < 2 ? 4 : 6;
  [segment.source, segment.destination] = (fromClient ? ends : ends.toReversed()) as [number, number];
  [segment.sourcePort, segment.destinationPort] = fromClient ? [50_000, 443] : [443, 50_000];
  segment.capture = packet.capture;
  segment.flags = flags;
  segment.seq = (next[own]! + jump) | 0;
  segment.ack = next[own ^ 1]!;
  segment.length = length;
  segment.wireLength = 54 + length;
  segment.time = (Number.isNaN(segment.time) ? 0 : segment.time) + packet.pause;
  if (jump === 0) next[own] = segment.seq + length + (flags & (SYN | FIN) ? 1 : 0);
}

/** Everything that the two have counted and noted. */
function told({ columns, plainSegmentSeen, duplicates, activity }: SessionTracker): unknown {
  const { silences, medianPauseSeconds } = activity;
  const seconds = [0, 1, 2, 3].map((address) => activity.seconds(address, 0, 1e15));
  return { columns, plainSegmentSeen, duplicates, silences, medianPauseSeconds, seconds };
}

describe('segments that go on where an open session stopped', () => {
  it('are counted as the general way would', () => {
    fc.assert(
      fc.property(fc.array(packets, { maxLength: 200 }), (sent) => {
        assert.deepEqual(told(track(sent, false)), told(track(sent, true)));
      }),
      { numRuns: 300 },
    );
  });
});
