/** The words of `sessions-never-closed`. */
import { portsForFilter, sessionFilter, synFilter } from './display-filter.ts';
import type { Growth } from './growth.ts';
import { growthFigures, growthText } from './growth-text.ts';
import { holdersOf } from './holders.ts';
import { type Entry, MAX_FRAMES } from './judgement.ts';
import { CAPTURE_AGAIN, COUNT_BY_PROCESS, whoHolds } from './next-steps.ts';
import { clientText, endpointText, firstFrameOf, localPortsOf, remoteOf, type Scene } from './scene.ts';
import { idleSeconds, type Leak, NEVER_CLOSED } from './sessions-never-closed.ts';
import { duration, fitting, paragraph, percent, plural, rounded } from './words.ts';

const KERNEL = 'That the host still holds these sockets: netstat or ss on the host tells.';
/** In seconds. */
const MINUTE = 60;
const HOUR = 3600;

export function leakText(scene: Scene, client: number, leak: Leak, growth: Growth): Entry {
  const { ledger } = scene;
  const remote = remoteOf(scene, leak.target);
  const from = clientText(scene, client);
  const ports = localPortsOf(ledger, leak.rows);
  const holders = holdersOf(scene, leak.rows);
  return {
    confidence: growth.grows ? 'high' : 'medium',
    title: `${from} never closed ${plural(leak.rows.length, 'session')} to ${endpointText(remote)}`,
    explanation: paragraph([
      `They were established, got no FIN and no RST, and carried nothing new for more than ${duration(leak.limits.idleSeconds)}; they are older than ${duration(leak.limits.ageSeconds)}.`,
      usualText(leak),
      `They were opened in ${leak.windows} of ${NEVER_CLOSED.windows} equal parts of the capture, so not at once like a connection pool, and while they rested the client opened others.`,
      growthText(growth, ledger.pool(client)),
      holders.sentence,
    ]),
    numbers: {
      ...leakFigures(scene, leak),
      ...growthFigures(growth),
      processes: holders.counts,
    },
    thresholds: thresholds(leak),
    localPorts: ports,
    frames: leak.rows.slice(0, MAX_FRAMES).map((row) => firstFrameOf(ledger, row)),
    from: ledger.sessions.start[leak.rows[0]!]!,
    to: ledger.span.to,
    displayFilter: sessionFilter(from, remote, portsForFilter(ledger, leak.rows, ports)),
    cannotConclude: [KERNEL],
    nextSteps: [
      whoHolds(remote, 'Established', 'established'),
      `All sessions of this target without an end, in Wireshark or with tshark -2: \`${synFilter(from, remote)} && (tcp.completeness == 15 || tcp.completeness == 7)\``,
      'Look in that program for connections that are opened for each request and not closed on the error path; restarting it frees the ports until then.',
    ],
  };
}

function leakFigures(scene: Scene, { rows, open, judged, windows, passedOver, outlasting, limits }: Leak) {
  const idle = rows.map((row) => idleSeconds(scene, row));
  const active = idle.filter((seconds) => seconds < 5 * MINUTE).length;
  const stale = idle.filter((seconds) => seconds >= 2 * HOUR).length;
  return {
    neverClosed: rows.length,
    openOldEnough: open,
    judged,
    idleBelow5Minutes: active,
    idle5MinutesTo2Hours: rows.length - active - stale,
    idleAbove2Hours: stale,
    windowsWithOpens: windows,
    passedOver,
    outlasting,
    closedDurationP99Seconds: rounded(limits.p99Seconds),
    restSeconds: rounded(limits.restSeconds),
  };
}

function usualText({ limits, judged, open }: Leak): string {
  const usual = Number.isNaN(limits.p99Seconds)
    ? 'No session of this client was closed to compare with.'
    : `99 of 100 closed sessions that began in the capture last at most ${duration(limits.p99Seconds)}.`;
  return `${usual} Of ${plural(judged, 'session')} old enough to judge, ${open} ${fitting(open, 'is', 'are')} still open.`;
}

export interface LeakSearch {
  readonly judged: number;
  readonly open: number;
  readonly suspects: number;
  readonly inHole: number;
  readonly provable: boolean;
  readonly excluded: boolean;
}

export function noLeakText(scene: Scene, client: number, search: LeakSearch): Entry {
  const { judged, open, suspects, inHole, provable, excluded } = search;
  const from = clientText(scene, client);
  const power = `${NEVER_CLOSED.minSessions} towards one remote, beyond what lost packets and the ends of sessions as old explain, would have been named, opened and left in at least ${NEVER_CLOSED.minWindows} of ${NEVER_CLOSED.windows} parts of the capture each, while the client went on to open others`;
  const share = judged === 0 ? '' : ` (${percent(Math.min(1, NEVER_CLOSED.minSessions / judged))} of those judged)`;
  return {
    confidence: excluded ? 'high' : 'low',
    title: excluded
      ? `${from} leaves no sessions open for good`
      : `Whether ${from} leaves sessions open for good is open`,
    explanation: paragraph([
      `Of ${plural(judged, 'session')} old enough to judge, ${openText(open, suspects)} for longer than is usual there.`,
      holeText(inHole),
      reasonText(scene, provable, judged),
      `${power}${share}.`,
    ]),
    numbers: {
      judged,
      openOldEnough: open,
      neverClosed: suspects,
      inHole,
      smallestEffectSessions: NEVER_CLOSED.minSessions,
    },
    thresholds: {
      minSessions: NEVER_CLOSED.minSessions,
      minWindows: NEVER_CLOSED.minWindows,
      minJudged: NEVER_CLOSED.minJudged,
    },
    from: scene.ledger.span.from,
    to: scene.ledger.span.to,
    cannotConclude: ['Sessions that had begun before the capture: their age is not known.', KERNEL],
    nextSteps: excluded ? [] : [COUNT_BY_PROCESS, CAPTURE_AGAIN],
  };
}

function openText(open: number, suspects: number): string {
  if (open === 1) return `1 is open, and ${suspects === 1 ? '' : 'not '}idle`;
  return `${open} are open and ${suspects} of them idle`;
}

/** What the capture did not see cannot be held against the sessions. */
export function holeText(inHole: number): string {
  return inHole === 0 ? '' : `The end of ${inHole} more may lie in a hole of the capture.`;
}

function reasonText({ flagsOnly }: Scene, provable: boolean, judged: number): string {
  if (flagsOnly)
    return 'Without payload in the capture a session that works cannot be told from one that is forgotten.';
  if (!provable) return 'The capture is too incomplete to conclude from a missing FIN.';
  return judged < NEVER_CLOSED.minJudged ? 'That is too few to see a small leak.' : '';
}

function thresholds({ limits }: Leak) {
  return {
    minSessions: NEVER_CLOSED.minSessions,
    minWindows: NEVER_CLOSED.minWindows,
    ageSeconds: rounded(limits.ageSeconds),
    idleSeconds: rounded(limits.idleSeconds),
  };
}
