/**
 * `attempts-stalled-remote`, `attempts-stalled-host`: new attempts to one remote, or to all, stopped while the host
 * stayed alive.
 */
import type { Ledger } from '../ledger/ledger.ts';
import { SECOND } from '../segment/timeline.ts';
import { answerOf, CHALLENGED } from '../session/sessions.ts';
import { rowsBetween } from './attempts.ts';
import { noStallText, stallText } from './attempts-stalled-text.ts';
import { absence, DECIDES, type Judgement, judgement } from './judgement.ts';
import { portsFullAround } from './port-exhaustion.ts';
import type { Scene } from './scene.ts';
import { activeSeconds, findStalls, type Stall, type Stalls } from './stalls.ts';
import { eventsBetween, type Symptoms, symptomsBetween } from './symptoms.ts';

export type StallCode = 'attempts-stalled-remote' | 'attempts-stalled-host';

const MINUTE = 60 * SECOND;

/** What went wrong in the minute before a silence; any of it makes the stall critical. */
export interface Lead {
  readonly symptoms: Symptoms;
  readonly challenged: number;
  readonly poolFull: boolean;
}

/** The silences of one target, or those of all that stopped together: what one judgement tells. */
export interface FoundStalls {
  readonly client: number;
  readonly code: StallCode;
  readonly stalls: readonly Stall[];
  readonly longest: Stall;
  /** Seconds of the longest in which the host was alive. */
  readonly activeSeconds: number;
  readonly lead: Lead;
}

export function attemptsStalled(scene: Scene, client: number): Judgement[] {
  const stalls = findStalls(scene, client);
  const provable = scene.quality.grade !== 'C';
  const remote = provable
    ? byTarget(stalls.remote).map((of) => supported(scene, client, 'attempts-stalled-remote', of))
    : [];
  const host =
    provable && !scene.filtered && stalls.host.length > 0
      ? [supported(scene, client, 'attempts-stalled-host', stalls.host)]
      : [];
  return [
    ...(remote.length > 0 ? remote : [notFound(scene, client, 'attempts-stalled-remote', stalls)]),
    ...(host.length > 0 ? host : [notFound(scene, client, 'attempts-stalled-host', stalls)]),
  ];
}

function byTarget(stalls: readonly Stall[]): Stall[][] {
  const groups = new Map<number, Stall[]>();
  for (const stall of stalls) {
    const group = groups.get(stall.stream.target);
    if (group === undefined) groups.set(stall.stream.target, [stall]);
    else group.push(stall);
  }
  return [...groups.values()];
}

function supported(scene: Scene, client: number, code: StallCode, stalls: readonly Stall[]): Judgement {
  const longest = stalls.reduce((best, stall) => (lengthOf(stall) > lengthOf(best) ? stall : best));
  const lead = leadTo(scene, client, longest);
  const found = { client, code, stalls, longest, activeSeconds: activeSeconds(scene, client, longest.silence), lead };
  const grave = isGrave(lead);
  const head = {
    code,
    verdict: 'supported',
    severity: grave ? 'critical' : 'warning',
    client,
    target: code === 'attempts-stalled-remote' ? longest.stream.target : null,
    size: Math.round(longest.silence.expected),
    decides: code === 'attempts-stalled-host' ? DECIDES.stalledHost : DECIDES.stalledRemote,
    held: 0,
  } as const;
  return judgement(scene, head, () => stallText(scene, found));
}

/** Something went wrong as the silence began; without that, an application with nothing to do looks the same. */
export function isGrave({ symptoms, challenged, poolFull }: Lead): boolean {
  return symptoms.failing || symptoms.events.length > 0 || challenged > 0 || poolFull;
}

function lengthOf({ silence }: Stall): number {
  return silence.to - silence.from;
}

/** The minute before the silence; events count while it lasts, too. */
function leadTo(scene: Scene, client: number, { stream, silence }: Stall): Lead {
  const { ledger } = scene;
  const before = rowsBetween(stream.attempts, silence.from - MINUTE, silence.from + 1);
  const symptoms = symptomsBetween(scene, stream.attempts, silence.from - MINUTE, silence.from + 1);
  return {
    symptoms: { ...symptoms, events: eventsBetween(scene, silence.from - MINUTE, silence.to) },
    challenged: countChallenged(ledger, before),
    poolFull: portsFullAround(scene, client, stream.target, silence.from - MINUTE, silence.to),
  };
}

function countChallenged({ sessions }: Ledger, rows: Uint32Array): number {
  let challenged = 0;
  for (const row of rows) {
    if (sessions.previous[row]! >= 0 && answerOf(sessions.facts[row]!) === CHALLENGED) challenged++;
  }
  return challenged;
}

function notFound(scene: Scene, client: number, code: StallCode, stalls: Stalls): Judgement {
  const judged = stalls.streams.filter((stream) => stream.judged).length;
  const needed = code === 'attempts-stalled-host' ? 2 : 1;
  const unsteady = stalls.streams.reduce((sum, stream) => sum + stream.unsteady, 0);
  const lifeless = stalls.streams.reduce((sum, stream) => sum + stream.lifeless, 0);
  const pooled = stalls.streams.reduce((sum, stream) => sum + stream.pooled, 0);
  const takenOver = stalls.streams.reduce((sum, stream) => sum + stream.takenOver, 0);
  // The text below is written late: it must not keep the streams, which are all attempts of the client.
  const { unclear } = stalls;
  const doubts = unclear.length + unsteady + lifeless + pooled + takenOver;
  const filtered = scene.filtered && stalls.host.length > 0;
  const excluded = judged >= needed && doubts === 0 && scene.quality.grade !== 'C' && !filtered;
  const head = absence(code, excluded ? 'excluded' : 'inconclusive', client, unclear.length);
  const figures = { code, judged, unclear, unsteady, lifeless, pooled, takenOver, needed, filtered, excluded };
  return judgement(scene, head, () => noStallText(scene, client, figures));
}
