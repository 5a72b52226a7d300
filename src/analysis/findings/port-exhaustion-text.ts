/** The words of `port-exhaustion`. */
import type { Endpoint } from '../../contract/report.ts';
import type { JudgedPeak } from '../ledger/ledger.ts';
import { MIDSTREAM } from '../session/sessions.ts';
import { attemptsOf } from './attempts.ts';
import { sessionFilter, synFilter } from './display-filter.ts';
import { EXHAUSTION, type Scope, sharesPorts } from './exhaustion-scope.ts';
import { type HeldPorts, heldPorts } from './held-ports.ts';
import { holdersOf } from './holders.ts';
import { type Confidence, type Entry, MAX_FRAMES } from './judgement.ts';
import {
  CAPTURE_AGAIN,
  POOL_CONNECTIONS,
  RECORD_EVENTS,
  SHORTEN_TIME_WAIT,
  SHOW_POOL,
  TIME_WAIT_ASSUMED,
  WIDEN_POOL,
  whoHolds,
} from './next-steps.ts';
import { clientText, endpointText, firstFrameOf, remoteOf, type Scene } from './scene.ts';
import { rateBefore, type Symptoms } from './symptoms.ts';
import { symptomFigures, symptomText } from './symptoms-text.ts';
import { timeWaitText } from './time-wait-text.ts';
import { duration, fitting, paragraph, percent, perSecond, plural, rounded } from './words.ts';

const UNSEEN =
  'Ports taken by loopback connections, by other interfaces or by sockets that are only bound: they use the same pool and are not in the capture.';

export function fullText(scene: Scene, scope: Scope, symptoms: Symptoms, confidence: Confidence): Entry {
  const { ledger } = scene;
  const { pool, occupancy } = scope;
  const { judged } = occupancy;
  const client = clientText(scene, scope.client);
  const remote = scope.target === null ? null : remoteOf(scene, scope.target);
  const held = heldPorts(ledger, scope.client, scope.target, judged.peakAt);
  const holders = holdersOf(scene, held.rows);
  const rate = rateBefore(attemptsOf(ledger, scope.client, scope.target), judged.peakAt);
  const towards = remote === null ? 'for every remote' : `towards ${endpointText(remote)}`;
  return {
    confidence,
    title: `${client} ran out of local ports ${towards}: ${judged.peak} of ${pool.usable} taken`,
    explanation: paragraph([
      `${takenText(judged)} at the peak (${ledger.timeline.text(judged.peakAt)}).`,
      `Nine tenths of the pool (ports ${pool.first}-${pool.last}) stayed taken for ${duration(judged.longestFullSeconds)} at a stretch.`,
      symptomText(symptoms),
      rateText(rate, pool.usable, judged),
      timeWaitText(ledger, scope.client),
      holders.sentence,
    ]),
    numbers: {
      ...figures(scene, scope),
      ...symptomFigures(symptoms),
      attemptsPerSecond: rounded(rate),
      processes: holders.counts,
    },
    thresholds: thresholds(scope),
    localPorts: held.localPorts,
    ...holdersShown(scene, client, remote, held),
    from: judged.longestFullFrom,
    to: judged.longestFullTo,
    cannotConclude: [...sharingLimit(scope), UNSEEN],
    nextSteps: stepsOf(remote, judged),
  };
}

/** The last of the sessions that hold ports: those with a SYN, or where none has one, any. */
function holdersShown({ ledger }: Scene, client: string, remote: Endpoint | null, held: HeldPorts) {
  const begun = held.rows.filter((row) => (ledger.sessions.facts[row]! & MIDSTREAM) === 0);
  const shown = (begun.length > 0 ? begun : held.rows).slice(-MAX_FRAMES);
  return {
    frames: shown.map((row) => firstFrameOf(ledger, row)),
    displayFilter: begun.length > 0 ? synFilter(client, remote) : sessionFilter(client, remote, held.localPorts),
  };
}

function stepsOf(remote: Endpoint | null, { timeWait }: JudgedPeak): string[] {
  return [
    ...(remote === null ? [] : [whoHolds(remote, 'Established,CloseWait,TimeWait', 'all')]),
    POOL_CONNECTIONS,
    WIDEN_POOL,
    ...(timeWait > 0 ? [SHORTEN_TIME_WAIT] : []),
  ];
}

export function nearlyFullText(scene: Scene, scope: Scope): Entry {
  const { judged } = scope.occupancy;
  return {
    confidence: 'medium',
    title: `Whether ${clientText(scene, scope.client)} ran out of local ports is open: at most ${judged.peak} of ${scope.pool.usable} ${fitting(judged.peak, 'was', 'were')} taken`,
    explanation: paragraph([
      `${takenText(judged)} at the peak (${percent(judged.ratio)} of the pool) ${scopeText(scene, scope)}.`,
      `The pool counts as full at nine tenths for ${EXHAUSTION.minStretchSeconds} s, and as ruled out below one half at every TIME_WAIT up to ${EXHAUSTION.largestTimeWaitSeconds} s in a capture of grade A.`,
      timeWaitText(scene.ledger, scope.client),
    ]),
    numbers: figures(scene, scope),
    thresholds: thresholds(scope),
    from: scene.ledger.span.from,
    to: scene.ledger.span.to,
    cannotConclude: [UNSEEN],
    nextSteps: [TIME_WAIT_ASSUMED, SHOW_POOL, RECORD_EVENTS],
  };
}

export function emptyEnoughText(scene: Scene, scope: Scope): Entry {
  const { judged, peaks } = scope.occupancy;
  const worst = peaks.at(-1)!;
  return {
    confidence: 'high',
    title: `${clientText(scene, scope.client)} did not run out of local ports towards the remotes in this capture`,
    explanation: paragraph([
      `At most ${judged.peak} of ${scope.pool.usable} ports ${fitting(judged.peak, 'was', 'were')} taken at a time ${scopeText(scene, scope)}, ${worst.peak} even with a TIME_WAIT of ${worst.timeWaitSeconds} s.`,
      `Half of the pool, ${Math.ceil(EXHAUSTION.suspectRatio * scope.pool.usable)} ports, would have been noticed.`,
      timeWaitText(scene.ledger, scope.client),
    ]),
    numbers: { ...figures(scene, scope), smallestEffectPorts: Math.ceil(EXHAUSTION.suspectRatio * scope.pool.usable) },
    thresholds: thresholds(scope),
    from: scene.ledger.span.from,
    to: scene.ledger.span.to,
    cannotConclude: [UNSEEN],
  };
}

export function oneSidedText(scene: Scene, scope: Scope): Entry {
  const client = clientText(scene, scope.client);
  return {
    confidence: 'low',
    title: `Whether ${client} ran out of local ports is open: the capture holds one direction of its sessions`,
    explanation:
      'When a session ended, and who closed it first, takes the packets of both sides to see; from one side ports seem to be held for ever.',
    numbers: figures(scene, scope),
    thresholds: thresholds(scope),
    cannotConclude: ['How long the ports were held.', UNSEEN],
    nextSteps: [CAPTURE_AGAIN],
  };
}

export function fewStartsText(scene: Scene, scope: Scope): Entry {
  const { judged, starts } = scope.occupancy;
  return {
    confidence: 'low',
    title: `Whether ${clientText(scene, scope.client)} ran out of local ports is open: hardly any session starts in the capture`,
    explanation:
      `${judged.peak} of ${scope.pool.usable} ports ${fitting(judged.peak, 'was', 'were')} taken at a time, towards all remotes together. Whether one port can serve several remotes at once ` +
      `is told by sessions that start while others are open: ${starts} did, and ${EXHAUSTION.minStarts} are needed.`,
    numbers: figures(scene, scope),
    thresholds: thresholds(scope),
    cannotConclude: ['Whether the ports towards different remotes add up.', UNSEEN],
    nextSteps: [CAPTURE_AGAIN],
  };
}

export function weakPoolText(scene: Scene, scope: Scope): Entry {
  const { pool } = scope;
  return {
    confidence: 'low',
    title: `Whether ${clientText(scene, scope.client)} ran out of local ports is open: its pool is not known`,
    explanation:
      `Its local ports lie between ${pool.first} and ${pool.last}, in no range that a system uses by default. ` +
      `At most ${scope.occupancy.judged.peak} ${fitting(scope.occupancy.judged.peak, 'was', 'were')} taken at a time; of how many cannot be told.`,
    numbers: figures(scene, scope),
    thresholds: thresholds(scope),
    cannotConclude: ['How large the pool is.', UNSEEN],
    nextSteps: [SHOW_POOL],
  };
}

function takenText({ peak, timeWait, open, halfClosed, pending }: JudgedPeak): string {
  const parts = [`${timeWait} in TIME_WAIT`, `${open} open`, `${halfClosed} half-closed`];
  if (pending > 0) parts.push(`${pending} waiting for an answer`);
  return `${plural(peak, 'port')} ${fitting(peak, 'was', 'were')} taken, ${parts.join(', ')},`;
}

function scopeText(scene: Scene, { target }: Scope): string {
  if (target === null) return 'by the host as a whole';
  return `towards ${endpointText(remoteOf(scene, target))}, the most of any remote`;
}

function rateText(rate: number, usable: number, judged: JudgedPeak): string {
  if (judged.timeWait * 2 < judged.peak) return 'Sessions that stay open hold them: waiting does not give them back.';
  const sustained = usable / judged.timeWaitSeconds;
  return `The client opened ${perSecond(rate)} in the minute before; ${usable} ports carry ${perSecond(sustained)} at this TIME_WAIT.`;
}

function sharingLimit({ target, occupancy }: Scope): string[] {
  if (target !== null || sharesPorts(occupancy)) return [];
  const { starts, startsOnBusyPort } = occupancy;
  const seen = startsOnBusyPort === 0 ? 'never did' : `did so for ${startsOnBusyPort} of ${starts} attempts`;
  return [`Whether the stack would still give a taken port to another remote: it ${seen} in this capture.`];
}

function figures({ ledger }: Scene, { client, target, pool, occupancy }: Scope) {
  const { judged, peaks, starts, startsOnBusyPort } = occupancy;
  const { minGapSeconds } = ledger.timeWait(client);
  return {
    poolUsable: pool.usable,
    peak: judged.peak,
    ratio: rounded(judged.ratio),
    peakAt: ledger.timeline.text(judged.peakAt),
    open: judged.open,
    halfClosed: judged.halfClosed,
    timeWait: judged.timeWait,
    pending: judged.pending,
    timeWaitSeconds: rounded(judged.timeWaitSeconds),
    givenTimeWaitSeconds: ledger.options.timeWaitSeconds,
    minGapSeconds: rounded(minGapSeconds),
    fullSeconds: rounded(judged.fullSeconds),
    longestFullSeconds: rounded(judged.longestFullSeconds),
    peaksByTimeWait: peaks.map((peak) => `${peak.timeWaitSeconds} s: ${peak.peak}`),
    starts,
    // Towards one remote a port is one four-tuple: which others hold it is not counted.
    ...(target === null ? { startsOnBusyPort } : {}),
  };
}

function thresholds({ pool, occupancy }: Scope) {
  return {
    fullPorts: Math.ceil(EXHAUSTION.fullRatio * pool.usable),
    minStretchSeconds: EXHAUSTION.minStretchSeconds,
    minFullSeconds: rounded(EXHAUSTION.minFullShareOfTimeWait * occupancy.judged.timeWaitSeconds),
    excludedBelowPorts: Math.ceil(EXHAUSTION.suspectRatio * pool.usable),
    sustainablePerSecond: rounded(pool.usable / occupancy.judged.timeWaitSeconds),
  };
}
