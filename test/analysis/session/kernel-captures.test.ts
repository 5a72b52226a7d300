/** What the tracker makes of real captures, held against what the programs on both ends logged. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CaptureReader } from '../../../src/analysis/capture/capture-reader.ts';
import { Addresses } from '../../../src/analysis/segment/addresses.ts';
import { NamedProcesses } from '../../../src/analysis/segment/named-processes.ts';
import { Timeline } from '../../../src/analysis/segment/timeline.ts';
import { HostActivity } from '../../../src/analysis/session/activity.ts';
import { finishSessions } from '../../../src/analysis/session/finish.ts';
import {
  CLOSED,
  CLOSERS,
  clientOf,
  closerOf,
  MIDSTREAM,
  OPEN,
  outcomeOf,
  previousStateOf,
  RESET,
  remoteOf,
  type Sessions,
  stateOf,
  synCopiesOf,
} from '../../../src/analysis/session/sessions.ts';
import { SessionTracker } from '../../../src/analysis/session/tracker.ts';
import { type KernelCapture, kernelCaptures, type TrueAttempt, type Truth } from '../../kernel-captures.ts';
import { streamTo } from '../direct.ts';

const GAP_TOLERANCE = 0.02;
/** Between the programs' clock and the capture's. */
const SYN_TOLERANCE = 0.02;

interface Tracked {
  sessions: Sessions;
  addresses: Addresses;
  timeline: Timeline;
  packets: number;
}

function track(capture: KernelCapture): Tracked {
  const timeline = new Timeline();
  const addresses = new Addresses();
  const tracker = new SessionTracker(0, new HostActivity(addresses));
  const stream = streamTo(tracker);
  const reader = new CaptureReader(0, timeline, addresses, stream, new NamedProcesses());
  reader.feed(capture.bytes());
  reader.end();
  stream.flush();
  const sessions = finishSessions(tracker, addresses, { clients: [], pool: null });
  return { sessions, addresses, timeline, packets: reader.packets };
}

/** Rows of attempts by four-tuple, in order of time. */
function attemptsByTuple({ sessions, addresses }: Tracked): Map<string, number[]> {
  const byTuple = new Map<string, number[]>();
  for (let row = 0; row < sessions.count; row++) {
    if (sessions.facts[row]! & MIDSTREAM) continue;
    const ports = sessions.ports[row]!;
    const key = tupleKey(
      addresses.text(clientOf(sessions, row)),
      ports >>> 16,
      addresses.text(remoteOf(sessions, row)),
      ports & 0xffff,
    );
    byTuple.set(key, [...(byTuple.get(key) ?? []), row]);
  }
  return byTuple;
}

function tupleKey(client: string, localPort: number, remote: string, remotePort: number): string {
  return `${client}:${localPort} ${remote}:${remotePort}`;
}

/** The attempts that left packets in this container, each with the row that it became. */
function pairs(capture: KernelCapture, tracked: Tracked): { truth: TrueAttempt; run: Truth; row: number }[] {
  const byTuple = attemptsByTuple(tracked);
  const found = [];
  for (const run of capture.runs) {
    const end = capture.cut ? tracked.timeline.baseSeconds + lastTime(tracked.sessions) : Number.POSITIVE_INFINITY;
    for (const truth of run.attempts) {
      if (!truth.syn_expected || truth.t0 < run.capture_start || truth.t0 > end - SYN_TOLERANCE) continue;
      const rows = byTuple.get(tupleKey(truth.laddr!, truth.lport!, truth.raddr, truth.rport)) ?? [];
      const row = rows.find((at) => beganBy(truth, unixStart(tracked, at)));
      assert.ok(row !== undefined, `attempt ${truth.id} of ${run.name} at ${truth.t0} is not among the sessions`);
      found.push({ truth, run, row });
    }
  }
  return found;
}

/** The SYN leaves between the call of connect() and its return; a user-space switch delays some by 50 ms. */
function beganBy({ t0, t1, ok }: TrueAttempt, start: number): boolean {
  return start > t0 - SYN_TOLERANCE && start < (ok ? t1! : t0) + SYN_TOLERANCE;
}

function unixStart({ sessions, timeline }: Tracked, row: number): number {
  return timeline.baseSeconds + sessions.start[row]! * 1e-9;
}

function lastTime(sessions: Sessions): number {
  return Math.max(...sessions.end.subarray(0, sessions.count)) * 1e-9;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function countBy(keys: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const EXPECTED_CLOSER: Record<string, string> = {
  client_first: 'client',
  server_first: 'remote',
  client_rst: 'rst-client',
};

for (const capture of kernelCaptures()) {
  describe(capture.file, () => {
    const tracked = track(capture);
    const { sessions } = tracked;
    const attempts = pairs(capture, tracked);
    const rows = [...attemptsByTuple(tracked).values()].flat();

    it('has every attempt once, and no other', () => {
      assert.equal(tracked.packets, capture.packets);
      assert.equal(new Set(attempts.map(({ row }) => row)).size, attempts.length);
      if (capture.cut) assert.ok(rows.length - attempts.length <= 1);
      else assert.equal(rows.length, attempts.length);
    });

    it('tells SYNs, retransmissions and copies apart', () => {
      const syns = sum(rows.map((row) => sessions.synPackets[row]!));
      const copies = sum(rows.map((row) => synCopiesOf(sessions.facts[row]!)));
      const retransmissions = sum(capture.runs.map((run) => run.verification.tcp_syn_retransmissions ?? 0));
      assert.equal(syns - copies - rows.length, retransmissions);
      assert.equal(copies, capture.duplicated ? rows.length + retransmissions : 0);
    });

    it('counts SYNs and local ports as the programs used them', () => {
      const expected = countBy(
        attempts.map(({ truth }) => `${truth.laddr}:${truth.lport} ${truth.raddr}:${truth.rport}`),
      );
      const actual = new Map([...attemptsByTuple(tracked)].map(([key, found]) => [key, found.length]));
      if (capture.cut) assert.ok([...expected].every(([key, count]) => actual.get(key)! >= count));
      else assert.deepEqual(new Map([...actual].sort()), new Map([...expected].sort()));
    });

    it('knows how each attempt ended', () => {
      for (const { truth, row } of attempts) {
        const outcome = outcomeOf(sessions.facts[row]!);
        const expected = truth.ok ? 'established' : truth.errno === 'ECONNREFUSED' ? 'refused' : 'unanswered';
        assert.equal(outcome, expected, `attempt ${truth.id}`);
      }
    });

    it('knows who closed first, and which sessions nobody closed', () => {
      const end = lastTime(sessions) + tracked.timeline.baseSeconds;
      const reused = new Set(sessions.previous.subarray(0, sessions.count));
      for (const { truth, row } of attempts) {
        if (!truth.ok || (truth.t_close ?? 0) > end - 1) continue;
        const state = stateOf(sessions.facts[row]!);
        const closer = CLOSERS[closerOf(sessions.facts[row]!)];
        if (truth.closed === 'never') {
          assert.ok(state !== CLOSED && state !== RESET, `attempt ${truth.id} is in state ${state}`);
        } else if (truth.closed === 'silent') {
          assert.equal(state, reused.has(row) ? RESET : OPEN, `attempt ${truth.id}`);
        } else {
          assert.equal(closer, EXPECTED_CLOSER[truth.closed!], `attempt ${truth.id} in state ${state}`);
        }
      }
    });

    it('measures every reuse', () => {
      const byId = new Map(attempts.map(({ truth, run, row }) => [`${run.name} ${truth.c} ${truth.id}`, row]));
      let reuses = 0;
      for (const run of capture.runs) {
        for (const reuse of run.reuse_events) {
          const row = byId.get(`${run.name} ${reuse.c} ${reuse.new_id}`);
          if (row === undefined && capture.cut) continue;
          reuses++;
          const previous = sessions.previous[row!]!;
          assert.equal(
            previous,
            byId.get(`${run.name} ${reuse.c} ${reuse.prev_id}`),
            `reuse by attempt ${reuse.new_id}`,
          );
          const state = previousStateOf(sessions.facts[row!]!);
          if (reuse.prev_closed === 'silent') {
            assert.equal(state, OPEN, `reuse by attempt ${reuse.new_id}`);
          } else {
            const gap = (sessions.start[row!]! - sessions.closed[previous]!) * 1e-9;
            const late = (reuse.new_connect_ms ?? 0) / 1000;
            const apart = gap - reuse.gap_s;
            assert.ok(apart > -GAP_TOLERANCE && apart < GAP_TOLERANCE + late, `gap ${gap} instead of ${reuse.gap_s}`);
          }
        }
      }
      assert.equal(sum(rows.map((row) => (sessions.previous[row]! >= 0 ? 1 : 0))), reuses);
    });
  });
}
