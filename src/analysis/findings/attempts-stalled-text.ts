/** The words of `attempts-stalled-remote` and `attempts-stalled-host`. */
import type { Endpoint } from '../../contract/report.ts';
import { SECOND } from '../segment/timeline.ts';
import { type FoundStalls, isGrave, type Lead, type StallCode } from './attempts-stalled.ts';
import { synFilter } from './display-filter.ts';
import { heldPorts } from './held-ports.ts';
import { type Entry, MAX_FRAMES } from './judgement.ts';
import { CAPTURE_LOOPBACK, COUNT_BOUND, COUNT_BY_PROCESS, RECORD_EVENTS, testReach } from './next-steps.ts';
import { clientText, endpointText, firstFrameOf, localPortOf, remoteOf, type Scene } from './scene.ts';
import { TOGETHER_SECONDS } from './shared-silences.ts';
import { SILENCE, type StreamSilence } from './silence.ts';
import { attemptsBefore, STALL, type Stall } from './stalls.ts';
import { duration, fitting, list, paragraph, perSecond, plural, rounded } from './words.ts';

export function stallText(scene: Scene, found: FoundStalls): Entry {
  const { ledger } = scene;
  const { silence, stream } = found.longest;
  const from = clientText(scene, found.client);
  const remote = found.code === 'attempts-stalled-host' ? null : remoteOf(scene, stream.target);
  const last = attemptsBefore(found.longest, MAX_FRAMES);
  const portsTaken = heldPorts(ledger, found.client, null, silence.from).localPorts.length;
  const poolUsable = ledger.pool(found.client).usable;
  return {
    confidence: isGrave(found.lead) ? 'high' : 'medium',
    title: titleOf(from, remote, silence),
    explanation: paragraph([
      ...silenceText(scene, silence),
      ...othersText(scene, found),
      leadText(found.lead),
      remote === null || found.stalls.length === 1 ? '' : `There were ${found.stalls.length} such silences.`,
      `${portsTaken} of ${poolUsable} ports ${fitting(portsTaken, 'was', 'were')} taken when it began.`,
    ]),
    numbers: { ...silenceFigures(found), portsTaken, poolUsable, ...leadFigures(found.lead) },
    thresholds: thresholds(),
    localPorts: last.map((row) => localPortOf(ledger, row)),
    frames: last.map((row) => firstFrameOf(ledger, row)),
    from: silence.from,
    to: silence.to,
    displayFilter: synFilter(from, remote),
    cannotConclude: [
      'Why no SYN left: a local refusal leaves no packet, and neither does an application that had nothing to do.',
    ],
    nextSteps:
      remote === null
        ? [COUNT_BY_PROCESS, COUNT_BOUND, CAPTURE_LOOPBACK, RECORD_EVENTS]
        : [testReach(remote), COUNT_BY_PROCESS, RECORD_EVENTS],
  };
}

function titleOf(client: string, remote: Endpoint | null, silence: StreamSilence): string {
  const long = duration(secondsOf(silence));
  if (remote === null) return `${client} opened no connection to anyone for ${long}, though it stayed alive`;
  return `${client} opened no connection to ${endpointText(remote)} for ${long}, while it did to others`;
}

function secondsOf({ from, to }: StreamSilence): number {
  return (to - from) / SECOND;
}

function silenceText({ ledger }: Scene, silence: StreamSilence): string[] {
  const { from, ended, ratePerSecond, expected, p99GapSeconds } = silence;
  return [
    `The last attempt was at ${ledger.timeline.text(from)}; ${ended ? 'the next one ended the silence' : 'the silence lasts until the capture ends'}.`,
    `At the ${perSecond(ratePerSecond)} before, ${Math.round(expected)} attempts were to be expected in it, and pauses were at most ${duration(p99GapSeconds)} in 99 of 100 cases.`,
  ];
}

/** What went on meanwhile: towards other remotes, and at the host. */
function othersText(scene: Scene, { code, stalls, longest, activeSeconds }: FoundStalls): string[] {
  return [
    code === 'attempts-stalled-host' ? togetherText(scene, stalls) : goingOnText(scene, longest),
    `The host sent or received packets in ${plural(activeSeconds, 'second')} of the silence.`,
  ];
}

function togetherText(scene: Scene, stalls: readonly Stall[]): string {
  const remotes = new Set(stalls.map((stall) => endpointText(remoteOf(scene, stall.stream.target))));
  return `Attempts to ${list([...remotes], 4)} stopped together, and none was made to any other.`;
}

function goingOnText(scene: Scene, { goingOn }: Stall): string {
  const remotes = goingOn.map((target) => endpointText(remoteOf(scene, target)));
  return `Meanwhile attempts to ${list(remotes, 4)} went on.`;
}

function leadText({ symptoms, challenged, poolFull }: Lead): string {
  const parts: string[] = [];
  if (poolFull) parts.push('the pool was full');
  if (symptoms.failing) parts.push(`${symptoms.refused + symptoms.unanswered} of ${symptoms.attempts} attempts failed`);
  if (challenged > 0) parts.push(`${plural(challenged, 'reuse')} ${fitting(challenged, 'was', 'were')} challenged`);
  if (symptoms.events.length > 0) parts.push(`the host logged ${plural(symptoms.events.length, 'event')} about ports`);
  return parts.length === 0 ? '' : `In the minute before, or since, ${parts.join(', ')}.`;
}

function silenceFigures({ stalls, longest: { silence, goingOn }, activeSeconds }: FoundStalls) {
  return {
    silenceSeconds: rounded(secondsOf(silence)),
    ended: silence.ended,
    expectedAttempts: rounded(silence.expected),
    attemptsPerSecond: rounded(silence.ratePerSecond),
    p99GapSeconds: rounded(silence.p99GapSeconds),
    activeSeconds,
    silences: stalls.length,
    stoppedTargets: new Set(stalls.map((stall) => stall.stream.target)).size,
    targetsGoingOn: goingOn.length,
  };
}

function leadFigures({ symptoms, challenged }: Lead) {
  return {
    refusedBefore: symptoms.refused,
    unansweredBefore: symptoms.unanswered,
    challengedBefore: challenged,
    events: symptoms.events.length,
  };
}

/** What stands between the streams and a verdict. */
export interface Doubts {
  readonly code: StallCode;
  readonly judged: number;
  /** Silences of which it cannot be told whether one remote or the host is behind them. */
  readonly unclear: readonly Stall[];
  readonly unsteady: number;
  readonly lifeless: number;
  readonly pooled: number;
  readonly takenOver: number;
  /** Targets that have to be judged before anything is ruled out. */
  readonly needed: number;
  /** They stopped together, in a capture whose filter names hosts. */
  readonly filtered: boolean;
  readonly excluded: boolean;
}

export function noStallText(scene: Scene, client: number, doubts: Doubts): Entry {
  const { judged, unclear, unsteady, lifeless, pooled, takenOver, excluded } = doubts;
  const from = clientText(scene, client);
  const whom = doubts.code === 'attempts-stalled-host' ? 'to all remotes' : 'to one remote alone';
  return {
    confidence: excluded ? 'high' : 'low',
    title: excluded
      ? `Attempts of ${from} ${whom} never stopped`
      : `Whether attempts of ${from} ${whom} stopped is open`,
    explanation: paragraph([
      `${plural(judged, 'target')} had attempts steady enough to judge (${SILENCE.minAttempts} and more, over ${SILENCE.minStreamSeconds} s and more).`,
      ...unclear.slice(0, 1).map((stall) => unclearText(scene, stall)),
      ...setAsideTexts(doubts),
      lackText(scene, doubts),
      `A silence of more than ${SILENCE.minSeconds} s that swallows ${SILENCE.minExpected} attempts would have been named.`,
    ]),
    numbers: {
      targetsJudged: judged,
      silencesUnclear: unclear.length,
      unsteadyPauses: unsteady,
      lifelessSilences: lifeless,
      pooledSilences: pooled,
      takenOverSilences: takenOver,
      smallestEffectAttempts: SILENCE.minExpected,
    },
    thresholds: thresholds(),
    from: scene.ledger.span.from,
    to: scene.ledger.span.to,
    cannotConclude: ['An application that stops calling connect() looks the same as a host that refuses it.'],
    nextSteps: unclear.slice(0, 1).map(({ stream }) => testReach(remoteOf(scene, stream.target))),
  };
}

function unclearText(scene: Scene, { stream, silence }: Stall): string {
  const remote = endpointText(remoteOf(scene, stream.target));
  const at = scene.ledger.timeline.text(silence.from);
  return `Attempts to ${remote} stopped at ${at} for ${duration(secondsOf(silence))}, but no other target was busy enough to tell one remote from the whole host.`;
}

/** The silences that count for nothing, each with its reason. */
function setAsideTexts({ unsteady, lifeless, pooled, takenOver }: Doubts): string[] {
  const texts: string[] = [];
  if (unsteady > 0)
    texts.push(
      `${plural(unsteady, 'long pause')} followed traffic that was not steady, or a job of which the whole is seen.`,
    );
  if (lifeless > 0) {
    texts.push(`In ${plural(lifeless, 'silence')} the host, or the capture, fell silent altogether.`);
  }
  if (pooled > 0) {
    texts.push(`In ${plural(pooled, 'silence')} nearly all sessions stayed open: the client may have needed no more.`);
  }
  if (takenOver > 0) {
    const silences = plural(takenOver, 'silence');
    texts.push(`In ${silences} an address that was new opened such connections: the host may have changed its own.`);
  }
  return texts;
}

/** What keeps a stall from being ruled out though none is doubtful. */
function lackText({ quality }: Scene, { judged, needed, filtered }: Doubts): string {
  if (quality.grade === 'C') return 'The capture is too incomplete to conclude anything from silence.';
  if (filtered) return 'All stopped together, but the capture filter names hosts: attempts to others were left out.';
  return judged < needed && needed > 1 ? `${needed} such targets are needed to tell the host from one remote.` : '';
}

function thresholds() {
  return {
    minAttempts: SILENCE.minAttempts,
    minStreamSeconds: SILENCE.minStreamSeconds,
    minSilenceSeconds: SILENCE.minSeconds,
    minExpected: SILENCE.minExpected,
    gapFactor: SILENCE.gapFactor,
    minActiveSeconds: STALL.minActiveSeconds,
    goingOnShare: STALL.goingOnShare,
    togetherSeconds: TOGETHER_SECONDS,
  };
}
