/** The words of `refused-locally`. */
import type { EventNumber } from '../../contract/evidence.ts';
import { synFilter } from './display-filter.ts';
import { minutesBefore } from './event-minute.ts';
import type { Entry } from './judgement.ts';
import { COUNT_BOUND, COUNT_BY_PROCESS, POOL_MEMORY, RECORD_EVENTS } from './next-steps.ts';
import { type EventsJudged, LOCAL_REFUSAL } from './refused-locally.ts';
import {
  clientText,
  endpointText,
  firstFrameOf,
  localPortOf,
  type PlacedEvent,
  remoteOf,
  type Scene,
} from './scene.ts';
import { attemptsBefore } from './stalls.ts';
import { fitting, list, paragraph, plural } from './words.ts';

const MEANINGS: Partial<Record<EventNumber, string>> = {
  4227: 'Event 4227: the port that was chosen still stood in TIME_WAIT towards that remote.',
  4231: 'Event 4231: the pool of TCP ports was empty, for the whole host.',
  10048: 'WSAEADDRINUSE (10048): the local address was taken, by a bind or by a TIME_WAIT.',
  10055:
    'WSAENOBUFS (10055) has two causes: no free port, taken by something outside this capture, or no memory in the non-paged pool of AFD or a full queue.',
};

/** Of the attempts before the silence, the last so many are named. */
const SHOWN_ATTEMPTS = 10;

export function refusedLocallyText(scene: Scene, client: number, { refusals }: EventsJudged): Entry {
  const { ledger } = scene;
  const from = clientText(scene, client);
  const { stall, hostWide, event } = refusals[0]!;
  const { stream, silence } = stall;
  const remote = hostWide ? null : remoteOf(scene, stream.target);
  const last = attemptsBefore(stall, SHOWN_ATTEMPTS);
  const events = refusals.map((refusal) => refusal.event);
  const numbers = numbersOf(events);
  const times = timesText(scene, events);
  const towards = remote === null ? '' : ` to ${endpointText(remote)}`;
  return {
    confidence: 'medium',
    title: `${from} refused connections${towards} by itself: ${plural(refusals.length, 'error')} without a packet`,
    explanation: paragraph([
      `Within ${LOCAL_REFUSAL.windowSeconds} s of ${times} no SYN left, in a silence that began at ${ledger.timeline.text(silence.from)}.`,
      ...numbers.flatMap((number) => MEANINGS[number] ?? []),
    ]),
    numbers: {
      events: refusals.length,
      eventNumbers: numbers,
      firstEvent: ledger.timeline.text(event.at),
      minuteBefore: minutesBefore(scene, client, events),
    },
    thresholds: { windowSeconds: LOCAL_REFUSAL.windowSeconds },
    localPorts: last.map((row) => localPortOf(ledger, row)),
    frames: last.map((row) => firstFrameOf(ledger, row)),
    lines: refusals.flatMap((refusal) => refusal.event.place ?? []),
    from: silence.from,
    to: silence.to,
    displayFilter: synFilter(from, remote),
    cannotConclude: ['Which connection was refused: the error leaves no packet.', ...zoneDoubt(events)],
    nextSteps: [COUNT_BY_PROCESS, COUNT_BOUND, ...(numbers.includes(10055) ? [POOL_MEMORY] : [])],
  };
}

export function noRefusalText(
  scene: Scene,
  client: number,
  { attempted, unclear, outside }: EventsJudged,
  excluded: boolean,
): Entry {
  const from = clientText(scene, client);
  const inside = [...attempted, ...unclear];
  return {
    confidence: excluded ? 'high' : 'low',
    title: excluded
      ? `The errors of ${from} are no refusals by the host itself`
      : `Whether ${from} refused connections by itself is open`,
    explanation: paragraph([
      inside.length > 0 ? '' : nothingText(scene, outside),
      ...aroundTexts(scene, attempted, unclear),
    ]),
    numbers: {
      eventsWithAttempts: attempted.length,
      eventsUnclear: unclear.length,
      smallestEffectEvents: 1,
      minuteBefore: minutesBefore(scene, client, inside),
    },
    thresholds: { windowSeconds: LOCAL_REFUSAL.windowSeconds },
    lines: inside.flatMap((event) => event.place ?? []),
    cannotConclude: zoneDoubt([...inside, ...outside]),
    nextSteps: inside.length > 0 ? [] : [RECORD_EVENTS],
  };
}

function aroundTexts(scene: Scene, attempted: readonly PlacedEvent[], unclear: readonly PlacedEvent[]): string[] {
  const texts: string[] = [];
  if (attempted.length > 0) texts.push(`Around ${timesText(scene, attempted)} attempts did leave the host.`);
  if (unclear.length > 0) {
    texts.push(`Around ${timesText(scene, unclear)} no attempt left the host, but no stall shows that one was due.`);
  }
  return texts;
}

function nothingText(scene: Scene, outside: readonly PlacedEvent[]): string {
  const why = 'a local refusal leaves no packet, so there is nothing to look at.';
  if (outside.length === 0) return `No event or error with a time within the capture was given: ${why}`;
  return `${plural(outside.length, 'event')} ${fitting(outside.length, 'lies', 'lie')} outside the capture, at ${timesText(scene, outside)}: ${why}`;
}

function timesText(scene: Scene, events: readonly PlacedEvent[]): string {
  const texts = events.map(({ at, numbers }) => `${scene.ledger.timeline.text(at)} (${numbers.join(', ')})`);
  return list(texts, 3);
}

function numbersOf(events: readonly PlacedEvent[]): EventNumber[] {
  return [...new Set(events.flatMap((event) => event.numbers))].sort((one, other) => one - other);
}

function zoneDoubt(events: readonly PlacedEvent[]): string[] {
  if (events.every((event) => event.zone !== 'assumed')) return [];
  return ['Whether the times fit: an event has no zone and was taken as UTC. Give --utc-offset +HH:MM.'];
}
