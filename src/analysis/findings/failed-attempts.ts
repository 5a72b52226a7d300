/**
 * `unanswered-attempts`, `refused-attempts`: handshakes that failed by silence or by RST. Not a shortage of ports, but
 * the first thing to be told apart from one.
 */
import type { Ledger, RowRange } from '../ledger/ledger.ts';
import { clientRows, targetRows, unendedAmong } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import { DIRECTION_MISSING, ESTABLISHED, MIDSTREAM } from '../session/sessions.ts';
import { type Attempts, attemptsOf, isPending, isRefused, isUnanswered } from './attempts.ts';
import { byTarget } from './by-target.ts';
import { failedText, noFailureText } from './failed-attempts-text.ts';
import { absence, DECIDES, type Judgement, judgement } from './judgement.ts';
import type { Scene } from './scene.ts';

export const FAILURES = {
  /** In some window of this length. */
  windowSeconds: 300,
  minFailed: 5,
  minShare: 0.1,
  /** A target of which so many sessions lack a direction: its silence is the capture's. */
  maxOneWayShare: 0.2,
} as const;

export type FailureCode = 'unanswered-attempts' | 'refused-attempts';

/** The failures among some attempts. */
export interface Failures {
  readonly code: FailureCode;
  /** Attempts that can be judged: not those that are too young at the end. */
  readonly judged: number;
  readonly pending: number;
  /** Session rows, target by target and by start. */
  readonly failed: readonly number[];
}

export interface FailureWindow {
  readonly from: number;
  readonly to: number;
  readonly failed: number;
  readonly attempts: number;
}

export function unansweredAttempts(scene: Scene, client: number): Judgement[] {
  return failedAttempts(scene, client, 'unanswered-attempts');
}

export function refusedAttempts(scene: Scene, client: number): Judgement[] {
  return failedAttempts(scene, client, 'refused-attempts');
}

function failedAttempts(scene: Scene, client: number, code: FailureCode): Judgement[] {
  const { ledger } = scene;
  const all = failuresAmong(ledger, clientRows(ledger, client), ledger.clients.attempts[client]!, code);
  const suspects = isProvable(scene, code) ? byTarget(ledger, all.failed, FAILURES.minFailed) : [];
  const found: Judgement[] = [];
  for (const [target, failed] of suspects) {
    const rows = targetRows(ledger, target);
    const worst = worstWindow(ledger.sessions.start, attemptsOf(ledger, client, target), failed);
    if (worst === null || isOneWay(ledger, rows, code)) continue;
    const failures = failuresAmong(ledger, rows, ledger.targets.attempts[target]!, code);
    found.push(supported(scene, client, target, failures, worst));
  }
  return found.length > 0 ? found : [notFound(scene, client, all)];
}

/** A RST is there to see; that an answer is missing tells nothing where packets are. */
export function isProvable({ quality }: Scene, code: FailureCode): boolean {
  return code === 'refused-attempts' || quality.grade !== 'C';
}

/** Among so many attempts, which stand in these rows. */
function failuresAmong(ledger: Ledger, rows: RowRange, attempts: number, code: FailureCode): Failures {
  const { facts } = ledger.sessions;
  const fails = code === 'refused-attempts' ? isRefused : isUnanswered;
  const failed: number[] = [];
  let pending = 0;
  for (const row of unendedAmong(ledger, rows)) {
    if (facts[row]! & (MIDSTREAM | ESTABLISHED)) continue;
    if (fails(ledger, row)) failed.push(row);
    else if (isPending(ledger, row)) pending++;
  }
  return { code, judged: attempts - pending, pending, failed };
}

/** Of the windows that end at a failure, the one with the most failures. */
function worstWindow(start: Float64Array, attempts: Attempts, failed: readonly number[]): FailureWindow | null {
  let worst: FailureWindow | null = null;
  let firstFailed = 0;
  let firstAttempt = 0;
  let behind = 0;
  for (let last = 0; last < failed.length; last++) {
    const to = start[failed[last]!]!;
    const from = to - FAILURES.windowSeconds * SECOND;
    while (start[failed[firstFailed]!]! < from) firstFailed++;
    while (attempts.starts[firstAttempt]! < from) firstAttempt++;
    while (behind < attempts.starts.length && attempts.starts[behind]! <= to) behind++;
    const window = { from, to, failed: last - firstFailed + 1, attempts: behind - firstAttempt };
    if (meetsRule(window) && window.failed > (worst?.failed ?? 0)) worst = window;
  }
  return worst;
}

function meetsRule({ failed, attempts }: FailureWindow): boolean {
  return failed >= FAILURES.minFailed && failed >= FAILURES.minShare * attempts;
}

/** The answers may have passed elsewhere: sessions of this target prove that the remote spoke and is not captured. */
function isOneWay({ sessions }: Ledger, { from, to }: RowRange, code: FailureCode): boolean {
  if (code === 'refused-attempts') return false;
  let oneWay = 0;
  for (let row = from; row < to; row++) if (sessions.facts[row]! & DIRECTION_MISSING) oneWay++;
  return oneWay > FAILURES.maxOneWayShare * (to - from);
}

function supported(scene: Scene, client: number, target: number, failures: Failures, worst: FailureWindow): Judgement {
  const head = {
    code: failures.code,
    verdict: 'supported',
    severity: 'warning',
    client,
    target,
    size: failures.failed.length,
    decides: DECIDES.failedAttempts,
    held: 0,
  } as const;
  return judgement(scene, head, () => failedText(scene, client, target, failures, worst));
}

/** A few failures are no pattern, and no proof of the contrary either. */
function notFound(scene: Scene, client: number, failures: Failures): Judgement {
  const { code, failed, judged } = failures;
  const excluded = failed.length === 0 && judged >= FAILURES.minFailed && isProvable(scene, code);
  const head = absence(code, excluded ? 'excluded' : 'inconclusive', client, failed.length);
  return judgement(scene, head, () => noFailureText(scene, client, failures, excluded));
}
