/** F6: handshakes that failed by silence or by RST. Not a shortage of ports, but the first thing to be told apart from one. */
import { DIRECTION_MISSING } from '../session/sessions.ts';
import { type Attempts, attemptsAmong, isPending, isRefused, isUnanswered } from './attempts.ts';
import { failedText, noFailureText } from './failed-attempts-text.ts';
import { DECIDES, type Judgement, judgement } from './judgement.ts';
import { rowsOfClient, rowsOfTarget, type Scene, targetsOf } from './scene.ts';

export const FAILURES = {
  /** In some window of this length. */
  windowSeconds: 300,
  minFailed: 5,
  minShare: 0.1,
  /** A target of which so many sessions lack a direction: its silence is the capture's. */
  maxOneWayShare: 0.2,
} as const;

export type FailureCode = 'unanswered-attempts' | 'refused-attempts';

export interface Failures {
  readonly code: FailureCode;
  readonly attempts: Attempts;
  /** Attempts that are too young at the end to be judged. */
  readonly pending: number;
  /** Session rows, by start. */
  readonly failed: readonly number[];
  /** The window with the most failures that meets the rule, null when none does. */
  readonly worst: FailureWindow | null;
}

export interface FailureWindow {
  readonly from: number;
  readonly to: number;
  readonly failed: number;
  readonly attempts: number;
}

const SECOND = 1e9;

export function unansweredAttempts(scene: Scene, client: number): Judgement[] {
  return failedAttempts(scene, client, 'unanswered-attempts');
}

export function refusedAttempts(scene: Scene, client: number): Judgement[] {
  return failedAttempts(scene, client, 'refused-attempts');
}

function failedAttempts(scene: Scene, client: number, code: FailureCode): Judgement[] {
  const all = failuresAmong(scene, rowsOfClient(scene.ledger, client), code);
  const provable = code === 'refused-attempts' || scene.quality.grade !== 'C';
  if (all.failed.length < FAILURES.minFailed || !provable) return [notFound(scene, client, all)];
  const { from, to } = targetsOf(scene.ledger, client);
  const found: Judgement[] = [];
  for (let target = from; target < to; target++) {
    const rows = rowsOfTarget(scene.ledger, target);
    if (rows.length < FAILURES.minFailed) continue;
    const failures = failuresAmong(scene, rows, code);
    if (failures.worst !== null && !isOneWay(scene, rows, code)) found.push(supported(scene, client, target, failures));
  }
  return found.length > 0 ? found : [notFound(scene, client, all)];
}

function failuresAmong({ ledger }: Scene, rows: Uint32Array, code: FailureCode): Failures {
  const attempts = attemptsAmong(ledger, rows);
  const fails = code === 'refused-attempts' ? isRefused : isUnanswered;
  const failed = [...attempts.rows.filter((row) => fails(ledger, row))];
  const pending = attempts.rows.reduce((count, row) => count + (isPending(ledger, row) ? 1 : 0), 0);
  return {
    code,
    attempts,
    pending,
    failed,
    worst: failed.length < FAILURES.minFailed ? null : worstWindow(ledger.sessions.start, attempts, failed),
  };
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
function isOneWay({ ledger }: Scene, rows: Uint32Array, code: FailureCode): boolean {
  if (code === 'refused-attempts') return false;
  let oneWay = 0;
  for (const row of rows) if (ledger.sessions.facts[row]! & DIRECTION_MISSING) oneWay++;
  return oneWay > FAILURES.maxOneWayShare * rows.length;
}

function supported(scene: Scene, client: number, target: number, failures: Failures): Judgement {
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
  return judgement(scene, head, () => failedText(scene, client, target, failures));
}

/** A few failures are no pattern, and no proof of the contrary either. */
function notFound(scene: Scene, client: number, failures: Failures): Judgement {
  const provable = failures.code === 'refused-attempts' || scene.quality.grade !== 'C';
  const judged = failures.attempts.rows.length - failures.pending;
  const head = {
    code: failures.code,
    verdict: failures.failed.length === 0 && judged >= FAILURES.minFailed && provable ? 'excluded' : 'inconclusive',
    severity: 'info',
    client,
    target: null,
    size: failures.failed.length,
    decides: DECIDES.never,
    held: 0,
  } as const;
  return judgement(scene, head, () => noFailureText(scene, client, failures));
}
