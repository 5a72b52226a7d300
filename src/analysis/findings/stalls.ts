/**
 * Which silences of a client's targets are stalls, and whether one remote or the whole host is behind them. A host or a
 * capture that fell silent altogether is no stall.
 */
import { clientRowsByStart } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import type { ActiveSeconds, Silence } from '../session/activity.ts';
import { type Attempts, attemptsOf, countBetween } from './attempts.ts';
import { portsFullAround } from './port-exhaustion.ts';
import { type Scene, targetsOf } from './scene.ts';
import { sharedSilences } from './shared-silences.ts';
import { findSilences, SILENCE, type StreamSilence } from './silence.ts';
import { isTakenOver } from './takeover.ts';

export const STALL = {
  /** Alive: so many seconds with packets after the first ones of the silence, the last of them in its second half. */
  minActiveSeconds: 3,
  settleSeconds: 5,
  /** Another target goes on when it makes this share of the attempts that were to be expected of it. */
  goingOnShare: 0.5,
  /** Of more targets than this the busiest are asked whether they went on: thousands may stop at once. */
  maxWitnesses: 200,
  /** Where more than this share of the sessions opened before it stay open, the client has what it needs. */
  pooledShare: 0.9,
} as const;

const MINUTE = 60 * SECOND;

export interface TargetStream {
  readonly target: number;
  readonly attempts: Attempts;
  /** Long and steady enough for a silence to be seen in it. */
  readonly judged: boolean;
  /** Pauses that say nothing because the stream before them was not steady. */
  readonly unsteady: number;
  /** Silences in which the host, or the capture, fell silent altogether. */
  readonly lifeless: number;
  /** Silences of a client that keeps nearly all of its sessions open: it may need no more. */
  readonly pooled: number;
  /** Silences in which an address that was not there before opens such connections instead. */
  readonly takenOver: number;
  /** While the host was alive and the capture without a hole. */
  readonly silences: readonly StreamSilence[];
}

export interface Stall {
  readonly stream: TargetStream;
  readonly silence: StreamSilence;
  /** Targets that went on meanwhile, of the busiest (`STALL.maxWitnesses`). */
  readonly goingOn: readonly number[];
}

export interface Stalls {
  readonly streams: readonly TargetStream[];
  /** One remote stopped while another went on. */
  readonly remote: readonly Stall[];
  /**
   * Several stopped together, and nothing was attempted any more: for each that stopped, the attempts of the whole
   * client and the silence that all share.
   */
  readonly host: readonly Stall[];
  /** Silences that are neither: nothing else was busy enough to tell one remote from the host. */
  readonly unclear: readonly Stall[];
}

export function findStalls(scene: Scene, client: number): Stalls {
  const streams = streamsOf(scene, client);
  const witnesses = busiest(streams);
  const stalls = streams.flatMap((stream) =>
    stream.silences.map((silence) => ({ stream, silence, goingOn: goingOn(witnesses, stream, silence) })),
  );
  const remote = stalls.filter((stall) => stall.goingOn.length > 0);
  const alone = stalls.filter((stall) => stall.goingOn.length === 0);
  if (alone.length === 0) return { streams, remote, host: [], unclear: [] };
  const attempts = attemptsOf(scene.ledger, client, null);
  const shared = sharedSilences(attempts, alone);
  const host = alone.flatMap(({ stream }, at) => {
    const silence = shared[at]!;
    return silence === null ? [] : [{ stream: { ...stream, attempts }, silence, goingOn: [] }];
  });
  return { streams, remote, host, unclear: alone.filter((_, at) => shared[at] === null) };
}

function busiest(streams: readonly TargetStream[]): readonly TargetStream[] {
  const byAttempts = (one: TargetStream, other: TargetStream) =>
    other.attempts.rows.length - one.attempts.rows.length || one.target - other.target;
  return streams
    .toSorted(byAttempts)
    .slice(0, STALL.maxWitnesses)
    .sort((one, other) => one.target - other.target);
}

/** Session rows of the last attempts before the silence, at most so many. */
export function attemptsBefore({ stream, silence }: Stall, most: number): number[] {
  return [...stream.attempts.rows.subarray(0, silence.last + 1).slice(-most)];
}

/** Of the targets with enough attempts to go on while others stall. */
function streamsOf(scene: Scene, client: number): TargetStream[] {
  const { ledger } = scene;
  const { from, to } = targetsOf(ledger, client);
  const streams: TargetStream[] = [];
  for (let target = from; target < to; target++) {
    if (ledger.targets.attempts[target]! < STALL.goingOnShare * SILENCE.minExpected) continue;
    const attempts = attemptsOf(ledger, client, target);
    const { silences, rhythmic, judged, unsteady } = findSilences(attempts.starts, ledger.span.from, ledger.span.to);
    const hasCause = ({ from, to }: StreamSilence) => portsFullAround(scene, client, target, from - MINUTE, to);
    const caused = rhythmic.filter(hasCause);
    const all = [...silences, ...caused];
    const lively = all.filter((silence) => !overlapsHole(scene.holes, silence) && isAlive(scene, client, silence));
    const own = lively.filter((silence) => hasCause(silence) || !isTakenOver(ledger, target, silence));
    const real = own.filter((silence) => !keepsSessions(scene, attempts, silence) || hasCause(silence));
    streams.push({
      target,
      attempts,
      judged,
      unsteady: unsteady + rhythmic.length - caused.length,
      lifeless: all.length - lively.length,
      pooled: own.length - real.length,
      takenOver: lively.length - own.length,
      silences: real,
    });
  }
  return streams;
}

function overlapsHole(holes: readonly Silence[], { from, to }: StreamSilence): boolean {
  return holes.some((hole) => hole.from < to && hole.to > from);
}

function isAlive(scene: Scene, client: number, silence: StreamSilence): boolean {
  const isEnough = (count: number, last: number) =>
    count >= STALL.minActiveSeconds && last >= (silence.from + silence.to) / 2;
  const packets = packetSeconds(scene, client, silence);
  if (isEnough(packets.count, packets.last)) return true;
  const starts = startSeconds(scene, client, silence);
  const last = starts.last > packets.last || Number.isNaN(packets.last) ? starts.last : packets.last;
  return isEnough(Math.max(packets.count, starts.count), last);
}

/** A connection pool that was filled: its sessions last beyond the silence. */
function keepsSessions({ ledger }: Scene, { rows }: Attempts, { last, to }: StreamSilence): boolean {
  const allowed = (1 - STALL.pooledShare) * (last + 1);
  let ended = 0;
  for (let at = 0; at <= last && ended < allowed; at++) if (ledger.heldUntil[rows[at]!]! < to) ended++;
  return ended < allowed;
}

/** In how many seconds of the silence the host sent or received packets, once it had settled. */
export function activeSeconds(scene: Scene, client: number, silence: StreamSilence): number {
  return Math.max(packetSeconds(scene, client, silence).count, startSeconds(scene, client, silence).count);
}

function packetSeconds({ ledger, activity }: Scene, client: number, { from, to }: StreamSilence): ActiveSeconds {
  return activity.seconds(ledger.clients.address[client]!, from + STALL.settleSeconds * SECOND, to);
}

/** Sessions that last no second show by their start alone. */
function startSeconds({ ledger }: Scene, client: number, silence: StreamSilence): ActiveSeconds {
  const { start } = ledger.sessions;
  const from = silence.from + STALL.settleSeconds * SECOND;
  const rows = clientRowsByStart(ledger, client);
  let count = 0;
  let last = Number.NaN;
  for (let at = firstFrom(rows, start, from); at < rows.length && start[rows[at]!]! < silence.to; at++) {
    const second = Math.floor(start[rows[at]!]! / SECOND) * SECOND;
    if (second === last) continue;
    count++;
    last = second;
  }
  return { count, last };
}

/** Place of the first of the rows, which are by start, that begins at `time` or later. */
function firstFrom(rows: Uint32Array, start: Float64Array, time: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (start[rows[middle]!]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Targets that make their share of the attempts that their own rate before promised, if that is enough to judge. */
function goingOn(streams: readonly TargetStream[], stopped: TargetStream, { from, to }: StreamSilence): number[] {
  return streams
    .filter((stream) => {
      if (stream === stopped) return false;
      const first = stream.attempts.starts[0]!;
      const expected = (countBetween(stream.attempts, first, from) * (to - from)) / (from - first);
      return (
        first < from &&
        expected >= SILENCE.minExpected &&
        countBetween(stream.attempts, from, to) >= STALL.goingOnShare * expected
      );
    })
    .map((stream) => stream.target);
}
