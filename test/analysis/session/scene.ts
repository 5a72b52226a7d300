/** Sessions from packets that read like tcpdump's lines. */
import assert from 'node:assert/strict';
import { Addresses } from '../../../src/analysis/segment/addresses.ts';
import { NamedProcesses } from '../../../src/analysis/segment/named-processes.ts';
import { ACK, FIN, PSH, RST, Segment, SYN } from '../../../src/analysis/segment/segment.ts';
import { HostActivity } from '../../../src/analysis/session/activity.ts';
import { finishSessions, isFlagsOnly } from '../../../src/analysis/session/finish.ts';
import {
  ANSWERS,
  answerOf,
  CLOSERS,
  closerOf,
  MIDSTREAM,
  outcomeOf,
  previousStateOf,
  type Sessions,
  STATES,
  stateOf,
  synCopiesOf,
} from '../../../src/analysis/session/sessions.ts';
import { SessionTracker } from '../../../src/analysis/session/tracker.ts';
import { streamTo } from '../direct.ts';

const FLAGS: Record<string, number> = { S: SYN, A: ACK, F: FIN, R: RST, P: PSH };
const CLIENT = { address: 0x0a010101, port: 50000 };
const REMOTE = { address: 0x0a020001, port: 3200 };

/** One session in the words of the contract. Times in seconds. */
export interface Told {
  state: string;
  outcome: string | null;
  closedBy: string | null;
  midstream: boolean;
  synPackets: number;
  copies: number;
  packets: number;
  start: number;
  closed: number;
  /** Of a reuse: row of the earlier session, its state then, the gap, the answer. */
  previous: number;
  previousState: string | null;
  gap: number | null;
  answer: string | null;
}

/**
 * Segments from lines `TIME SIDE FLAGS seq=N [ack=N] [len=N] [id=N]`: SIDE `>` is from the client, `<` from the remote,
 * `>>` from another port of the client; FLAGS are letters of SAFRP, `.` for none. `id` is the IP identification; without it every packet has its own.
 */
export function segmentsOf(lines: readonly string[]): Segment[] {
  return lines.map((line, index) => {
    const [time, direction, flags, ...fields] = line.trim().split(/\s+/);
    const field = (name: string) =>
      Number(fields.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? 0);
    const client = direction === '>>' ? { ...CLIENT, port: CLIENT.port + 1 } : CLIENT;
    const [from, to] = direction === '<' ? [REMOTE, client] : [client, REMOTE];
    const segment = new Segment();
    segment.frame = index + 1;
    segment.time = Math.round(Number(time) * 1e9);
    segment.source = from.address;
    segment.sourcePort = from.port;
    segment.destination = to.address;
    segment.destinationPort = to.port;
    segment.flags = [...flags!].reduce((bits, letter) => bits | (FLAGS[letter] ?? 0), 0);
    segment.seq = field('seq') >>> 0;
    segment.ack = field('ack') >>> 0;
    segment.length = field('len');
    segment.identity = field('id') || index + 1000;
    segment.wireLength = 54 + segment.length;
    return segment;
  });
}

export function trackSegments(
  segments: readonly Segment[],
  clients: readonly string[] = [],
  processes = new NamedProcesses(),
): Sessions {
  const addresses = new Addresses();
  const tracker = new SessionTracker(0, new HostActivity(addresses));
  const stream = streamTo(tracker, processes);
  for (const segment of segments) stream.accept(segment);
  stream.flush();
  return finishSessions(tracker, addresses, { clients, pool: null });
}

/** Whether these packets are taken for what a capture filter on flags let through. */
export function flagsOnly(...lines: string[]): boolean {
  const tracker = new SessionTracker(0, new HostActivity(new Addresses()));
  const stream = streamTo(tracker, new NamedProcesses());
  for (const segment of segmentsOf(lines)) stream.accept(segment);
  stream.flush();
  return isFlagsOnly(tracker);
}

export function track(...lines: string[]): Told[] {
  return tell(trackSegments(segmentsOf(lines)));
}

export function tell(sessions: Sessions): Told[] {
  return Array.from({ length: sessions.count }, (_, row) => {
    const facts = sessions.facts[row]!;
    const previous = sessions.previous[row]!;
    const previousState = previous < 0 ? null : STATES[previousStateOf(facts)]!;
    const over = previousState === 'closed' || previousState === 'reset';
    const gap = over ? (sessions.start[row]! - sessions.closed[previous]!) / 1e9 : Number.NaN;
    return {
      state: STATES[stateOf(facts)]!,
      outcome: outcomeOf(facts),
      closedBy: CLOSERS[closerOf(facts)]!,
      midstream: (facts & MIDSTREAM) !== 0,
      synPackets: sessions.synPackets[row]!,
      copies: synCopiesOf(facts),
      packets: sessions.packets[row]!,
      start: sessions.start[row]! / 1e9,
      closed: sessions.closed[row]! / 1e9,
      previous,
      previousState,
      gap: Number.isNaN(gap) ? null : gap,
      answer: previous < 0 ? null : ANSWERS[answerOf(facts)]!,
    };
  });
}

export const HANDSHAKE = ['0.000 > S seq=1000', '0.001 < SA seq=5000 ack=1001', '0.002 > A seq=1001 ack=5001'];
export const CLIENT_CLOSES = [
  '1.000 > FA seq=1001 ack=5001',
  '1.001 < FA seq=5001 ack=1002',
  '1.002 > A seq=1002 ack=5002',
];

/** What is asked for of the last session. */
export function last(sessions: readonly Told[], wanted: Partial<Told>): void {
  const told = sessions.at(-1)!;
  assert.deepEqual({ ...told, ...wanted }, told);
}
