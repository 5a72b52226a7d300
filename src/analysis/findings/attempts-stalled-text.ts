/** The words of `attempts-stalled-remote` and `attempts-stalled-host`. */
import { clientRowsByStart } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import type { Lead, StallCode } from './attempts-stalled.ts';
import { synFilter } from './display-filter.ts';
import { heldPorts } from './held-ports.ts';
import { type Entry, MAX_FRAMES } from './judgement.ts';
import { CAPTURE_LOOPBACK, COUNT_BOUND, COUNT_BY_PROCESS, RECORD_EVENTS, testReach } from './next-steps.ts';
import { clientText, endpointText, firstFrameOf, localPortOf, remoteOf, type Scene } from './scene.ts';
import { SILENCE } from './silence.ts';
import { STALL, type Stall } from './stalls.ts';
import { duration, fitting, list, paragraph, perSecond, plural, rounded } from './words.ts';

export function stallText(
  scene: Scene,
  client: number,
  code: StallCode,
  longest: Stall,
  all: readonly Stall[],
  lead: Lead,
): Entry {
  const { ledger } = scene;
  const { silence, stream } = longest;
  const from = clientText(scene, client);
  const remote = code === 'attempts-stalled-host' ? null : remoteOf(scene, stream.target);
  const last = [...stream.attempts.rows.subarray(Math.max(0, silence.last + 1 - MAX_FRAMES), silence.last + 1)];
  const pool = ledger.pool(client);
  const held = heldPorts(
    ledger,
    clientRowsByStart(ledger, client),
    pool,
    silence.from,
    ledger.timeWait(client).effectiveSeconds,
  );
  const seconds = (silence.to - silence.from) / SECOND;
  return {
    confidence: 'high',
    title:
      remote === null
        ? `${from} opened no connection to anyone for ${duration(seconds)}, though it stayed alive`
        : `${from} opened no connection to ${endpointText(remote)} for ${duration(seconds)}, while it did to others`,
    explanation: paragraph([
      `The last attempt was at ${ledger.timeline.text(silence.from)}; ${silence.ended ? 'the next one ended the silence' : 'the silence lasts until the capture ends'}.`,
      `At the ${perSecond(silence.ratePerSecond)} before, ${Math.round(silence.expected)} attempts were to be expected in it, and pauses were at most ${duration(silence.p99GapSeconds)} in 99 of 100 cases.`,
      remote === null ? hostText(scene, all) : `Meanwhile ${goingOnText(scene, longest)} went on.`,
      `The host sent or received packets in ${plural(longest.activeSeconds, 'second')} of the silence.`,
      leadText(lead),
      ...(all.length > 1 && remote !== null ? [`There were ${all.length} such silences.`] : []),
      `${held.localPorts.length} of ${pool.usable} ports ${fitting(held.localPorts.length, 'was', 'were')} taken when it began.`,
    ]),
    numbers: {
      silenceSeconds: rounded(seconds),
      ...silenceFigures(longest, all),
      portsTaken: held.localPorts.length,
      poolUsable: pool.usable,
      refusedBefore: lead.symptoms.refused,
      unansweredBefore: lead.symptoms.unanswered,
      challengedBefore: lead.challenged,
      events: lead.symptoms.events.length,
    },
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

function silenceFigures({ silence, activeSeconds, goingOn }: Stall, all: readonly Stall[]) {
  return {
    ended: silence.ended,
    expectedAttempts: rounded(silence.expected),
    attemptsPerSecond: rounded(silence.ratePerSecond),
    p99GapSeconds: rounded(silence.p99GapSeconds),
    activeSeconds,
    silences: all.length,
    stoppedTargets: new Set(all.map((stall) => stall.stream.target)).size,
    targetsGoingOn: goingOn.length,
  };
}

function hostText(scene: Scene, all: readonly Stall[]): string {
  const remotes = [...new Set(all.map((stall) => endpointText(remoteOf(scene, stall.stream.target))))];
  return `Attempts to ${list(remotes, 4)} stopped together, and none was made to any other.`;
}

function goingOnText(scene: Scene, { goingOn }: Stall): string {
  return `attempts to ${list(
    goingOn.map((target) => endpointText(remoteOf(scene, target))),
    4,
  )}`;
}

function leadText({ symptoms, challenged, poolFull }: Lead): string {
  const parts: string[] = [];
  if (poolFull) parts.push('the pool was full');
  if (symptoms.failing) parts.push(`${symptoms.refused + symptoms.unanswered} of ${symptoms.attempts} attempts failed`);
  if (challenged > 0) parts.push(`${plural(challenged, 'reuse')} ${fitting(challenged, 'was', 'were')} challenged`);
  if (symptoms.events.length > 0) parts.push(`the host logged ${plural(symptoms.events.length, 'event')} about ports`);
  return parts.length === 0 ? '' : `In the minute before, or since, ${parts.join(', ')}.`;
}

/** What stands between the streams and a verdict. */
export interface Doubts {
  readonly judged: number;
  readonly unsteady: number;
  readonly lifeless: number;
  readonly pooled: number;
  /** Targets that have to be judged before anything is ruled out. */
  readonly needed: number;
  /** They stopped together, in a capture whose filter names hosts. */
  readonly filtered: boolean;
  readonly excluded: boolean;
}

export function noStallText(
  scene: Scene,
  client: number,
  code: StallCode,
  unclear: readonly Stall[],
  doubts: Doubts,
): Entry {
  const whom = code === 'attempts-stalled-host' ? 'to all remotes' : 'to one remote alone';
  const { judged, unsteady, lifeless, pooled, excluded } = doubts;
  const from = clientText(scene, client);
  const first = unclear[0];
  return {
    confidence: excluded ? 'high' : 'low',
    title: excluded
      ? `Attempts of ${from} ${whom} never stopped`
      : `Whether attempts of ${from} ${whom} stopped is open`,
    explanation: paragraph([
      `${plural(judged, 'target')} had attempts steady enough to judge (${SILENCE.minAttempts} and more, over ${SILENCE.minStreamSeconds} s and more).`,
      ...(first === undefined
        ? []
        : [
            `Attempts to ${endpointText(remoteOf(scene, first.stream.target))} stopped at ${scene.ledger.timeline.text(first.silence.from)} for ${duration((first.silence.to - first.silence.from) / SECOND)}, but no other target was busy enough to tell one remote from the whole host.`,
          ]),
      ...(unsteady > 0 ? [`${plural(unsteady, 'long pause')} followed traffic that was not steady.`] : []),
      ...(lifeless > 0 ? [`In ${plural(lifeless, 'silence')} the host, or the capture, fell silent altogether.`] : []),
      ...(pooled > 0
        ? [`In ${plural(pooled, 'silence')} nearly all sessions stayed open: the client may have needed no more.`]
        : []),
      lackText(scene, doubts),
      `A silence of more than ${SILENCE.minSeconds} s that swallows ${SILENCE.minExpected} attempts would have been named.`,
    ]),
    numbers: {
      targetsJudged: judged,
      silencesUnclear: unclear.length,
      unsteadyPauses: unsteady,
      lifelessSilences: lifeless,
      pooledSilences: pooled,
      smallestEffectAttempts: SILENCE.minExpected,
    },
    thresholds: thresholds(),
    from: scene.ledger.span.from,
    to: scene.ledger.span.to,
    cannotConclude: ['An application that stops calling connect() looks the same as a host that refuses it.'],
    nextSteps: first === undefined ? [] : [testReach(remoteOf(scene, first.stream.target))],
  };
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
    togetherSeconds: STALL.togetherSeconds,
  };
}
