/**
 * `port-exhaustion`: the pool filled, towards one remote or for the host. Occupancy is judged at the effective
 * TIME_WAIT alone: at a TIME_WAIT that the host's own reuses refute, a fast and harmless reuse looks like a full pool.
 */
import { clientRows, countOf, targetRows } from '../ledger/rows.ts';
import { DIRECTION_MISSING } from '../session/sessions.ts';
import { attemptsOf } from './attempts.ts';
import { EXHAUSTION, type Scope, sharesPorts, sharingIsKnown } from './exhaustion-scope.ts';
import { absence, DECIDES, type Judgement, judgement } from './judgement.ts';
import {
  emptyEnoughText,
  fewStartsText,
  fullText,
  nearlyFullText,
  oneSidedText,
  weakPoolText,
} from './port-exhaustion-text.ts';
import { QUALITY } from './quality-measures.ts';
import { REUSE } from './reuse-tally.ts';
import { type Scene, targetsOf } from './scene.ts';
import { type Symptoms, symptomsBetween } from './symptoms.ts';

export function portExhaustion(scene: Scene, client: number): Judgement[] {
  const { ledger } = scene;
  const pool = ledger.pool(client);
  const host: Scope = { client, target: null, pool, occupancy: ledger.clientOccupancy(client) };
  if (pool.weak) return [leftOpen(scene, host, weakPoolText)];
  if (isOneSided(scene, client)) return [leftOpen(scene, host, oneSidedText)];
  const full = crowdedTargets(scene, host).filter((scope) => isExhausted(scene, scope));
  if (full.length > 0) return full.map((scope) => supported(scene, scope));
  const shared = sharesPorts(host.occupancy);
  if (!shared && isExhausted(scene, host)) {
    return [sharingIsKnown(host.occupancy) ? supported(scene, host) : leftOpen(scene, host, fewStartsText)];
  }
  const fullest = shared ? fullestTarget(scene, host) : host;
  if (fullest.occupancy.judged.ratio < EXHAUSTION.suspectRatio && isBelowHalf(scene, fullest)) {
    return [excluded(scene, fullest)];
  }
  return [leftOpen(scene, fullest, nearlyFullText)];
}

/** The close of a session takes packets of both sides to see: from one alone, ports seem to be held for ever. */
function isOneSided({ ledger }: Scene, client: number): boolean {
  if (ledger.sessionCounts.oneWay === 0) return false;
  const { facts } = ledger.sessions;
  const { from, to } = clientRows(ledger, client);
  let missing = 0;
  for (let row = from; row < to; row++) if (facts[row]! & DIRECTION_MISSING) missing++;
  return missing > QUALITY.maxOneWayShare * (to - from);
}

/** Targets that hold half of the pool or more. Most cannot, and their occupancy is never computed. */
function crowdedTargets(scene: Scene, host: Scope): Scope[] {
  const { from, to } = targetsOf(scene.ledger, host.client);
  const least = EXHAUSTION.suspectRatio * host.pool.usable;
  const scopes: Scope[] = [];
  for (let target = from; target < to; target++) {
    if (countOf(targetRows(scene.ledger, target)) >= least) scopes.push(targetScope(scene, host, target));
  }
  return scopes;
}

/** The target with the most ports in use at one time, as far as the number of its local ports tells. */
function fullestTarget(scene: Scene, host: Scope): Scope {
  const crowded = crowdedTargets(scene, host);
  if (crowded.length > 0) return crowded.reduce((best, scope) => (peakOf(scope) > peakOf(best) ? scope : best));
  const { from, to } = targetsOf(scene.ledger, host.client);
  const { distinctLocalPorts } = scene.ledger.targets;
  let widest = from;
  for (let target = from; target < to; target++) {
    if (distinctLocalPorts[target]! > distinctLocalPorts[widest]!) widest = target;
  }
  return targetScope(scene, host, widest);
}

function targetScope(scene: Scene, host: Scope, target: number): Scope {
  return { ...host, target, occupancy: scene.ledger.targetOccupancy(target) };
}

function peakOf(scope: Scope): number {
  return scope.occupancy.judged.peak;
}

/**
 * A client that does not wait for TIME_WAIT is not blocked by it: there ports in TIME_WAIT, counted at the shortest gap
 * seen, only show how evenly it goes round its ports, unless something stopped or failed meanwhile.
 */
function isExhausted(scene: Scene, scope: Scope): boolean {
  if (!isFull(scope)) return false;
  const { judged } = scope.occupancy;
  const bypasses = judged.timeWaitSeconds < Math.min(REUSE.bypassSeconds, scene.ledger.options.timeWaitSeconds);
  if (!bypasses || judged.peak - judged.timeWait >= EXHAUSTION.fullRatio * scope.pool.usable) return true;
  return isCertain(symptomsOf(scene, scope));
}

function isFull({ occupancy: { judged } }: Scope): boolean {
  return (
    judged.ratio >= EXHAUSTION.fullRatio &&
    judged.longestFullSeconds >= EXHAUSTION.minStretchSeconds &&
    judged.fullSeconds >= EXHAUSTION.minFullShareOfTimeWait * judged.timeWaitSeconds
  );
}

function isBelowHalf(scene: Scene, { occupancy }: Scope): boolean {
  const until = EXHAUSTION.largestTimeWaitSeconds;
  const looked = occupancy.peaks.filter((peak) => peak.timeWaitSeconds <= until);
  return scene.quality.grade === 'A' && looked.every((peak) => peak.ratio < EXHAUSTION.suspectRatio);
}

/** Whether the pool was full, towards this target or for the host, at some time in [from, to). */
export function portsFullAround(scene: Scene, client: number, target: number, from: number, to: number): boolean {
  const { ledger } = scene;
  const pool = ledger.pool(client);
  if (pool.weak) return false;
  const host = { client, target: null, pool, occupancy: ledger.clientOccupancy(client) };
  return [host, targetScope(scene, host, target)].some((scope) => {
    const { longestFullFrom, longestFullTo } = scope.occupancy.judged;
    return isFull(scope) && longestFullFrom < to && longestFullTo >= from;
  });
}

function supported(scene: Scene, scope: Scope): Judgement {
  const { judged } = scope.occupancy;
  const symptoms = symptomsOf(scene, scope);
  const certain = isCertain(symptoms);
  const head = {
    code: 'port-exhaustion',
    verdict: 'supported',
    severity: certain ? 'critical' : 'warning',
    client: scope.client,
    target: scope.target,
    size: judged.peak,
    decides: DECIDES.portExhaustion,
    held: judged.open + judged.halfClosed,
  } as const;
  return judgement(scene, head, () => fullText(scene, scope, symptoms, certain ? 'high' : 'medium'));
}

function isCertain({ failing, stopped, events }: Symptoms): boolean {
  return failing || stopped || events.length > 0;
}

function symptomsOf(scene: Scene, { client, target, occupancy }: Scope): Symptoms {
  const { longestFullFrom, longestFullTo } = occupancy.judged;
  return symptomsBetween(scene, attemptsOf(scene.ledger, client, target), longestFullFrom, longestFullTo);
}

function excluded(scene: Scene, scope: Scope): Judgement {
  return judgement(scene, notFound(scope, 'excluded'), () => emptyEnoughText(scene, scope));
}

function leftOpen(scene: Scene, scope: Scope, text: typeof nearlyFullText): Judgement {
  return judgement(scene, notFound(scope, 'inconclusive'), () => text(scene, scope));
}

function notFound(scope: Scope, verdict: 'excluded' | 'inconclusive') {
  return absence('port-exhaustion', verdict, scope.client, peakOf(scope));
}
