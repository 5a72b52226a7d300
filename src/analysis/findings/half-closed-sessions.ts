/**
 * `half-closed-sessions`: one side closed, the other never did. The FIN is there to see, so only its age matters, and
 * sessions that had begun before the capture count too.
 */
import { percentile99 } from '../ledger/durations.ts';
import type { Ledger, RowRange } from '../ledger/ledger.ts';
import { clientRows, targetRows } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import {
  CLOSED,
  DIRECTION_MISSING,
  ESTABLISHED,
  HALF_CLOSED_BY_CLIENT,
  HALF_CLOSED_BY_REMOTE,
  MIDSTREAM,
  stateOf,
} from '../session/sessions.ts';
import { byTarget } from './by-target.ts';
import { halfClosedText, noHalfClosedText } from './half-closed-sessions-text.ts';
import { absence, type Judgement, judgement } from './judgement.ts';
import { leakFound } from './leak.ts';
import { missedEnds } from './missed-ends.ts';
import { mayHaveEndedInHole, type Scene } from './scene.ts';

export const HALF_CLOSED = {
  minSessions: 5,
  /** The other side needs some time to close in its turn. */
  minSecondsSinceFin: 10,
  /** So many times the time from the last payload to the close in sessions of the target that were closed. */
  closingsSinceFin: 2,
  /** So many are no accident. */
  manySessions: 10,
} as const;

export interface HalfClosed {
  readonly target: number;
  /** Session rows, by start. CLOSE_WAIT at the client: its application does not close. */
  readonly byRemote: readonly number[];
  /** FIN_WAIT_2 at the client: the server does not close. */
  readonly byClient: readonly number[];
  /** What the age of the first FIN exceeds in each of them. */
  readonly secondsSinceFin: number;
  /** Sessions of the target whose first FIN is old enough to judge, closed ones included. */
  readonly judged: number;
}

export function halfClosedSessions(scene: Scene, client: number): Judgement[] {
  const { ledger } = scene;
  const all = tally(scene, clientRows(ledger, client));
  const provable = scene.quality.grade !== 'C';
  const found: HalfClosed[] = [];
  for (const [target, rows] of byTarget(ledger, provable ? all.suspects : [], HALF_CLOSED.minSessions)) {
    const { judged } = tally(scene, targetRows(ledger, target));
    const secondsSinceFin = usualSeconds(ledger, targetRows(ledger, target));
    const old = rows.filter((row) => isOld(scene, row, secondsSinceFin));
    if (old.length < HALF_CLOSED.minSessions + missedEnds(scene, target, judged)) continue;
    found.push({ target, secondsSinceFin, judged, ...bySide(ledger, old) });
  }
  return found.length > 0 ? found.map((one) => supported(scene, client, one)) : [notFound(scene, client, all)];
}

/**
 * How long the other side may take. Many connection pools close what the server has closed only when they look through
 * their sessions the next time; how long that takes shows in those that were closed.
 */
function usualSeconds({ sessions }: Ledger, { from, to }: RowRange): number {
  const { facts, closed, start, lastPayload } = sessions;
  const seconds = new Float64Array(to - from);
  let count = 0;
  for (let row = from; row < to; row++) {
    if (stateOf(facts[row]!) !== CLOSED) continue;
    const last = Number.isNaN(lastPayload[row]!) ? start[row]! : lastPayload[row]!;
    if (closed[row]! >= last) seconds[count++] = (closed[row]! - last) / SECOND;
  }
  const usual = count === 0 ? 0 : percentile99(seconds.subarray(0, count));
  return Math.max(HALF_CLOSED.minSecondsSinceFin, HALF_CLOSED.closingsSinceFin * usual);
}

/** The other side had these seconds after the FIN, and it had not sent its own in as many before the capture. */
function isOld(scene: Scene, row: number, seconds: number): boolean {
  const { sessions, span } = scene.ledger;
  return sessions.closed[row]! < span.to - seconds * SECOND && !mayHaveClosedBefore(scene, row, seconds);
}

interface Tally {
  readonly judged: number;
  /** Half-closed sessions, whichever side closed. */
  readonly suspects: readonly number[];
  /** Such sessions beside them whose second FIN a hole of the capture may have swallowed. */
  readonly inHole: number;
}

function tally(scene: Scene, { from, to }: RowRange): Tally {
  const { facts, closed } = scene.ledger.sessions;
  const latest = scene.ledger.span.to - HALF_CLOSED.minSecondsSinceFin * SECOND;
  const suspects: number[] = [];
  let judged = 0;
  let inHole = 0;
  for (let row = from; row < to; row++) {
    if ((facts[row]! & ESTABLISHED) === 0 || !(closed[row]! < latest)) continue;
    judged++;
    const state = stateOf(facts[row]!);
    if (state !== HALF_CLOSED_BY_REMOTE && state !== HALF_CLOSED_BY_CLIENT) continue;
    if (facts[row]! & DIRECTION_MISSING || mayHaveClosedBefore(scene, row, HALF_CLOSED.minSecondsSinceFin)) continue;
    if (mayHaveEndedInHole(scene, row)) inHole++;
    else suspects.push(row);
  }
  return { judged, suspects, inHole };
}

/**
 * Nothing of the session is seen before this FIN, so the other side may have sent its own before: the client that looks
 * through its sessions late, or the remote just before the capture.
 */
function mayHaveClosedBefore({ ledger: { sessions, span } }: Scene, row: number, seconds: number): boolean {
  const { facts, start, closed } = sessions;
  if ((facts[row]! & MIDSTREAM) === 0 || closed[row]! > start[row]!) return false;
  if (stateOf(facts[row]!) === HALF_CLOSED_BY_CLIENT) return true;
  return closed[row]! < span.from + seconds * SECOND;
}

function bySide({ sessions }: Ledger, rows: readonly number[]): Pick<HalfClosed, 'byRemote' | 'byClient'> {
  const byRemote = rows.filter((row) => stateOf(sessions.facts[row]!) === HALF_CLOSED_BY_REMOTE);
  const byClient = rows.filter((row) => stateOf(sessions.facts[row]!) === HALF_CLOSED_BY_CLIENT);
  return { byRemote, byClient };
}

function supported(scene: Scene, client: number, found: HalfClosed): Judgement {
  const { target, byRemote, byClient } = found;
  const leak = { code: 'half-closed-sessions', client, target, held: byRemote.length + byClient.length } as const;
  return leakFound(scene, leak, (growth) => halfClosedText(scene, client, found, growth));
}

function notFound(scene: Scene, client: number, { judged, suspects, inHole }: Tally): Judgement {
  const excluded = suspects.length + inHole === 0 && judged >= HALF_CLOSED.minSessions && scene.quality.grade !== 'C';
  const head = absence('half-closed-sessions', excluded ? 'excluded' : 'inconclusive', client, suspects.length);
  const figures = { suspects: suspects.length, inHole, judged, excluded };
  return judgement(scene, head, () => noHalfClosedText(scene, client, figures));
}
