/** The words of `lost-ports`. */
import type { AllocationFigures } from '../ledger/allocation-order.ts';
import { synFilter } from './display-filter.ts';
import { type Entry, MAX_FRAMES } from './judgement.ts';
import type { Attribution } from './lost-ports/attribute.ts';
import { CERTAIN_CHANCE, type SilentPort } from './lost-ports/certain.ts';
import type { ClientUses } from './lost-ports/client-uses.ts';
import { COME_BACK } from './lost-ports/come-back.ts';
import type { Halves } from './lost-ports/halves.ts';
import { type JudgedStream, USEFUL_POWER } from './lost-ports/judged-stream.ts';
import { moreDraws } from './lost-ports/more-draws.ts';
import { MIN_PASSES_WATCHED } from './lost-ports/passes.ts';
import { MIN_EFFECT, MIN_LOST_PORTS, MIN_Z, type Silence } from './lost-ports/silence.ts';
import { distinctPortsTrend } from './lost-ports/trend.ts';
import { CAPTURE_AGAIN, COUNT_BOUND, SHOW_POOL } from './next-steps.ts';
import { clientText, endpointText, firstFrameOf, remoteOf, type Scene } from './scene.ts';
import { fitting, percent, plural, rounded } from './words.ts';

/** What was looked at for one client. */
export interface Search {
  readonly client: number;
  readonly uses: ClientUses;
  readonly allocation: AllocationFigures;
  /** Null where something kept the draws from being judged. */
  readonly attribution: Attribution | null;
}

/** Why no loss was found and none is ruled out. */
export type Obstacle = 'grade' | 'pool' | 'few-draws' | 'fixed' | 'whose' | 'comes-back' | 'unclear';

const CAUSES = [
  'Whether the kernel lost these ports, a process holds them bound, or loopback connections use them: a capture shows none of that.',
  'Ports that were never used in this capture: they may be excluded, listening or in use since before.',
];
const KNOWN_BUGS =
  'Check the bugs of the system that lose ports: Windows KB2553549 (TIME_WAIT that never ends after 497 days of uptime), KB977332 and KB979223 ' +
  '(filter drivers), KB2577795 (kernel sockets), and on Windows 10 with WSL 1 its lost sockets. A restart gives the ports back; without a ' +
  'process that holds them, take a complete memory dump before it.';

export function lostText(
  scene: Scene,
  search: Search,
  attribution: Attribution,
  lost: JudgedStream,
  silent: readonly SilentPort[],
): Entry {
  const { stream } = lost;
  const silence = lost.silence!;
  const from = clientText(scene, search.client);
  const remote = stream.target < 0 ? null : remoteOf(scene, stream.target);
  const { first } = scene.ledger.pool(search.client);
  const certain = silent.filter(({ chance }) => chance < CERTAIN_CHANCE);
  const shown = certain.length > 0 ? certain : silent.slice(0, MAX_FRAMES);
  const estimate = Math.round(silence.silent - silence.expected);
  return {
    confidence: silence.z >= 2 * MIN_Z && silence.effect >= 2 * MIN_EFFECT ? 'high' : 'medium',
    title: `${from} lost about ${plural(estimate, 'local port')} ${remote === null ? 'for every remote' : `towards ${endpointText(remote)}`}`,
    explanation: [
      silenceText(silence),
      comeBackText(lost),
      scopeText(scene, attribution, lost),
      certainText(certain.length),
    ].join(' '),
    numbers: { ...figures(search, lost), certainPorts: certain.length },
    thresholds: THRESHOLDS,
    localPorts: certain.map(({ port }) => first + port).sort((one, other) => one - other),
    frames: shown.map(({ lastUse }) => firstFrameOf(scene.ledger, search.uses.session[lastUse]!)),
    from: search.uses.start[stream.draws[0]!]!,
    to: search.uses.start[stream.draws.at(-1)!]!,
    displayFilter: synFilter(
      from,
      remote,
      shown.map(({ port }) => first + port),
    ),
    cannotConclude: [...CAUSES, 'When each port was lost: between its last use in the capture and the end.'],
    nextSteps: [COUNT_BOUND, KNOWN_BUGS],
  };
}

function certainText(certain: number): string {
  const bound = `a chance below ${CERTAIN_CHANCE}`;
  if (certain === 0) return `None of them is certain by its own silence (${bound}); the estimate needs no list.`;
  if (certain === 1) return `One of them is certain by its own silence (${bound}); the estimate needs no list.`;
  return `${certain} of them are certain, each by its own silence (${bound}); the estimate needs no list.`;
}

function silenceText(silence: Silence | Halves): string {
  const { silent, expected, watched, passesWatched, drawsAfter, method } = silence;
  const window =
    method === 'passes'
      ? `the last ${passesWatched} passes of the client over its ports (${drawsAfter} draws)`
      : `the last ${drawsAfter} draws`;
  return (
    `Of ${watched} ports that had been used, closed and given back, ${silent} were not drawn once in ${window}, ` +
    `where chance explains ${expected < 10 ? Number(expected.toPrecision(2)) : Math.round(expected)}.`
  );
}

function comeBackText({ comeBack, returnsByChance }: JudgedStream): string {
  const { silent, cameBack } = comeBack;
  const chance = returnsByChance === 0 ? '' : `, where chance alone brings ${Math.round(returnsByChance)} back`;
  return `Of ${plural(silent, 'port')} that had fallen silent by the second third, ${cameBack} came back in the last${chance}.`;
}

function scopeText(scene: Scene, { host }: Attribution, { stream }: JudgedStream): string {
  if (stream.target < 0) return 'The other remotes miss the same ports, so it is the host and not one remote.';
  const others = host.stream.draws.length - stream.draws.length;
  if (others === 0) return 'It is the only remote in the capture: whether others miss these ports cannot be told.';
  const remote = endpointText(remoteOf(scene, stream.target));
  return `The ${plural(others, 'draw')} towards other remotes ${fitting(others, 'does', 'do')} not show that they miss these ports too, so it is told of ${remote} alone.`;
}

export function noneLostText(scene: Scene, search: Search, obstacle: Obstacle | null): Entry {
  const from = clientText(scene, search.client);
  const { attribution } = search;
  const excluded = obstacle === null;
  return {
    confidence: excluded ? 'high' : 'low',
    title: excluded ? `${from} loses no local ports` : `Whether ${from} loses local ports is open`,
    explanation: [obstacle === null ? '' : reasonText(search, obstacle), powerText(attribution)]
      .filter((sentence) => sentence !== '')
      .join(' '),
    numbers: attribution === null ? drawFigures(search) : figures(search, attribution.host),
    thresholds: THRESHOLDS,
    from: scene.ledger.span.from,
    to: scene.ledger.span.to,
    cannotConclude: excluded
      ? ['Ports lost in the last part of the capture: their silence is too short.', ...CAUSES]
      : CAUSES,
    nextSteps: excluded ? [] : obstacle === 'pool' ? [SHOW_POOL] : [COUNT_BOUND, CAPTURE_AGAIN],
  };
}

function reasonText(search: Search, obstacle: Obstacle): string {
  const { allocation, attribution } = search;
  switch (obstacle) {
    case 'grade':
      return 'The capture is too incomplete to conclude anything from ports that are not drawn.';
    case 'pool':
      return 'The pool is not known, so what is missing from it cannot be told.';
    case 'fixed':
      return 'The application binds its ports itself: nothing is drawn from a pool.';
    case 'whose':
      return 'Ports fell silent and stay away, but the draws do not tell whether one remote lost them or the host.';
    case 'comes-back':
      return 'More ports fell silent than chance explains, but such ports come back: what is lost does not.';
    case 'unclear':
      return 'More ports are silent than chance explains, but what would confirm a loss is missing.';
    case 'few-draws': {
      if (attribution?.host.verdict === 'none')
        return 'The draws towards single remotes are too few to rule out that one of them lost ports; for the host as a whole they are enough.';
      const missing = attribution === null ? Number.NaN : moreDraws(attribution);
      const wanted = Number.isNaN(missing)
        ? ''
        : ` About ${missing} more ${fitting(missing, 'draw is', 'draws are')} needed.`;
      const draws = allocation.samples + (search.uses.count > 0 ? 1 : 0);
      return `${plural(draws, 'draw')} of local ports ${fitting(draws, 'is', 'are')} too few to rule out a loss of ${percent(USEFUL_POWER)} of the pool.${wanted}`;
    }
  }
}

function powerText(attribution: Attribution | null): string {
  if (attribution === null) return '';
  const { power, suspicion } = attribution.host;
  const found =
    power > 1
      ? 'No loss, however large, would have been found for sure'
      : `A loss of ${percent(power)} of the pool or more, spread over the capture, would have been found`;
  const noticed =
    suspicion > power || suspicion > 1 ? '' : `, and one of ${percent(suspicion)} would not have passed for chance`;
  return `${found}${noticed}.`;
}

function drawFigures({ allocation, uses }: Search) {
  return {
    allocationOrder: allocation.order,
    draws: sum(uses.isDraw),
    distinctPorts: distinctPorts(uses),
    visibleShare: rounded(1 / allocation.medianStep),
  };
}

function distinctPorts({ port, size }: Search['uses']): number {
  const seen = new Uint8Array(size);
  for (const one of port) seen[one] = 1;
  return sum(seen);
}

function sum(flags: Uint8Array): number {
  let total = 0;
  for (const flag of flags) total += flag;
  return total;
}

function figures(search: Search, { stream, silence, comeBack, returnsByChance, power, suspicion }: JudgedStream) {
  const drawn = { ...drawFigures(search), draws: stream.draws.length };
  if (silence === null) return drawn;
  const trend = distinctPortsTrend(stream, silence.pool);
  return {
    ...drawn,
    method: silence.method,
    passesSeen: search.attribution?.passes?.count ?? null,
    passesWatched: rounded(silence.passesWatched),
    drawsBefore: silence.drawsBefore,
    drawsAfter: silence.drawsAfter,
    watchedPorts: silence.watched,
    silentPorts: silence.silent,
    expectedSilentPorts: rounded(silence.expected),
    lostPortsEstimate: Math.max(0, Math.round(silence.silent - silence.expected)),
    lostShare: rounded(silence.effect),
    z: rounded(silence.z),
    fellSilentEarly: comeBack.silent,
    cameBack: comeBack.cameBack,
    cameBackByChance: rounded(returnsByChance),
    smallestLossPorts: silence.smallestLoss,
    smallestFoundLossShare: power > 1 ? null : rounded(power),
    smallestNoticedLossShare: suspicion > 1 ? null : rounded(suspicion),
    ...('mcNemar' in silence ? halfFigures(silence) : {}),
    ...(trend === null ? {} : { drawsPerWindow: trend.drawsPerWindow, distinctPortsPerWindow: trend.distinctPorts }),
  };
}

function halfFigures({ mcNemar, poolFirstSixth, poolLastSixth }: Halves) {
  return {
    mcNemar: rounded(mcNemar),
    poolFirstSixth: rounded(poolFirstSixth),
    poolLastSixth: rounded(poolLastSixth),
  };
}

const THRESHOLDS = {
  minZ: MIN_Z,
  minLostPorts: MIN_LOST_PORTS,
  minLostShare: MIN_EFFECT,
  minFellSilentEarly: COME_BACK.minSilent,
  maxCameBackShare: COME_BACK.maxShare,
  minPasses: MIN_PASSES_WATCHED + 1,
  certainBelowChance: CERTAIN_CHANCE,
  excludedBelowShare: USEFUL_POWER,
};
