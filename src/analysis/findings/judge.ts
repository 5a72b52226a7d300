/**
 * Runs every rule over every client, and decides what of it stands in the report and in which order.
 *
 * A file named after a finding's code holds its rule; the file of that name with `-text` holds its words, which are
 * written only for what stands in the report. Whatever several of them ask, of a scene, is in the other files.
 */
import type { Finding, Quality, Summary } from '../../contract/report.ts';
import { busiestClients } from '../ledger/busiest-clients.ts';
import { clientRows, countOf } from '../ledger/rows.ts';
import { attemptsStalled } from './attempts-stalled.ts';
import { boundPortsLeaked } from './bound-ports-leaked.ts';
import { captureQuality } from './capture-quality.ts';
import { loopbackSeen, placeEvents } from './events.ts';
import { refusedAttempts, unansweredAttempts } from './failed-attempts.ts';
import { halfClosedSessions } from './half-closed-sessions.ts';
import type { Judgement } from './judgement.ts';
import { loopbackBlindSpot } from './loopback-blind-spot.ts';
import { lostPorts } from './lost-ports.ts';
import { missingFromNetstat } from './missing-from-netstat.ts';
import { portExhaustion } from './port-exhaustion.ts';
import { assessQuality } from './quality.ts';
import { captureFilters, captureHoles, lostShare } from './quality-measures.ts';
import { refusedLocally } from './refused-locally.ts';
import { reuseInTimeWait } from './reuse-in-time-wait.ts';
import { type DiagnosisInput, reportedClients, type Scene } from './scene.ts';
import { sessionsNeverClosed } from './sessions-never-closed.ts';
import { placeSnapshots } from './snapshots.ts';
import { summarise } from './summary.ts';

export const BOUNDS = {
  maxSupported: 1000,
  /** What was looked for and not found is told of the clients with the most attempts. */
  maxClientsWithAbsences: 100,
} as const;

/** Words of libpcap's filter language that leave hosts or ports out; `tcp` and tests of flags do not. */
const NAMES_HOSTS = /\b(host|net|gateway|port|portrange|src|dst)\b/i;

/** The fewest sessions that any rule can make a finding of. */
const FEWEST_SESSIONS = 2;

export interface Diagnosis {
  readonly quality: Quality;
  readonly summary: Summary;
  readonly findings: Finding[];
}

type Rule = (scene: Scene, client: number) => Judgement[];

const RULES: readonly Rule[] = [
  portExhaustion,
  reuseInTimeWait,
  sessionsNeverClosed,
  halfClosedSessions,
  lostPorts,
  attemptsStalled,
  unansweredAttempts,
  refusedAttempts,
  refusedLocally,
  missingFromNetstat,
];

export function diagnose(input: DiagnosisInput): Diagnosis {
  const scene = sceneOf(input);
  const judgements = judgeAll(scene);
  const kept = bounded(judgements);
  return {
    quality: withCut(scene.quality, judgements.filter(isSupported).length - BOUNDS.maxSupported),
    summary: summarise(scene, kept),
    findings: kept.map((judgement) => judgement.write()),
  };
}

function withCut(quality: Quality, leftOut: number): Quality {
  if (leftOut <= 0) return quality;
  const message = `${leftOut} supported findings are left out; the ${BOUNDS.maxSupported} gravest and largest are in the list.`;
  return { ...quality, reasons: [...quality.reasons, { code: 'report-cut', count: leftOut, message }] };
}

function sceneOf(input: DiagnosisInput): Scene {
  return {
    ...input,
    quality: assessQuality(input),
    clients: reportedClients(input.ledger),
    holes: captureHoles(input),
    lostShare: lostShare(input),
    events: placeEvents(input),
    snapshots: placeSnapshots(input),
    filtered: captureFilters(input).some((filter) => NAMES_HOSTS.test(filter)),
    loopbackSeen: loopbackSeen(input),
  };
}

function judgeAll(scene: Scene): Judgement[] {
  const busiest = new Set(busiestClients(scene.ledger, BOUNDS.maxClientsWithAbsences).rows);
  const judgements = captureQuality(scene);
  for (const client of scene.clients) {
    const listed = busiest.has(client);
    if (!listed && countOf(clientRows(scene.ledger, client)) < FEWEST_SESSIONS) continue;
    const found = RULES.flatMap((rule) => rule(scene, client));
    judgements.push(...(listed ? found : found.filter(isSupported)));
  }
  judgements.push(...loopbackBlindSpot(scene), ...boundPortsLeaked(scene, lostPortsAmong(scene, judgements)));
  return judgements;
}

/** Local ports that are lost beyond doubt; only a list of sockets makes use of them. */
function lostPortsAmong({ snapshots }: Scene, judgements: readonly Judgement[]): number[] {
  if (snapshots.length === 0) return [];
  const lost = judgements.filter((judgement) => judgement.code === 'lost-ports' && isSupported(judgement));
  return lost.flatMap((judgement) => judgement.write().evidence.localPorts);
}

function isSupported(judgement: Judgement): boolean {
  return judgement.verdict === 'supported';
}

const VERDICTS = ['supported', 'inconclusive', 'excluded'];
const SEVERITIES = ['critical', 'warning', 'info'];

/** Supported ones first, the gravest and the largest of them before the others. */
export function compareJudgements(one: Judgement, other: Judgement): number {
  return (
    VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict) ||
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    (one.verdict === 'supported' ? other.size - one.size : 0)
  );
}

/** The sort is stable: what ties stays in the order of clients and rules. */
function bounded(judgements: readonly Judgement[]): Judgement[] {
  const sorted = judgements.toSorted(compareJudgements);
  let supported = 0;
  return sorted.filter((judgement) => !isSupported(judgement) || supported++ < BOUNDS.maxSupported);
}
