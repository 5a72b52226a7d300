/**
 * `refused-locally`: an error was logged and no packet was sent for it. A refusal by the host's own stack is an
 * absence, so it takes the event, no attempt around it, and a stall that holds it.
 */
import { clientRowsByStart } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import { attemptsAmong, countBetween } from './attempts.ts';
import { isLoopbackAddress, TCP_PORT_EVENTS } from './events.ts';
import { absence, DECIDES, type Judgement, judgement } from './judgement.ts';
import { noRefusalText, refusedLocallyText } from './refused-locally-text.ts';
import { type PlacedEvent, remoteOf, type Scene, targetsOf } from './scene.ts';
import { findStalls, type Stall } from './stalls.ts';

export const LOCAL_REFUSAL = {
  /** Clock of the log against that of the capture. */
  windowSeconds: 1,
} as const;

export interface LocalRefusal {
  readonly event: PlacedEvent;
  readonly stall: Stall;
  /** The stall is that of the whole host. */
  readonly hostWide: boolean;
}

/** What became of the events that could be a local refusal. */
export interface EventsJudged {
  readonly refusals: readonly LocalRefusal[];
  /** Attempts were seen around them: whatever they tell of, packets were sent. */
  readonly attempted: readonly PlacedEvent[];
  /** No attempt, but no stall either: the client may have had nothing to do. */
  readonly unclear: readonly PlacedEvent[];
  /** Before the capture or behind it. */
  readonly outside: readonly PlacedEvent[];
}

export function refusedLocally(scene: Scene, client: number): Judgement[] {
  const judged = judgeEvents(scene, client);
  const provable = scene.quality.grade !== 'C';
  return [judged.refusals.length > 0 && provable ? supported(scene, client, judged) : notFound(scene, client, judged)];
}

function judgeEvents(scene: Scene, client: number): EventsJudged {
  const { span } = scene.ledger;
  const inside = ({ at }: PlacedEvent) => at >= span.from && at <= span.to;
  const telling = scene.events.filter(tellsOfPorts);
  const events = telling.filter(inside);
  const refusals: LocalRefusal[] = [];
  const attempted: PlacedEvent[] = [];
  const unclear: PlacedEvent[] = [];
  if (events.length > 0) {
    const { remote, host } = findStalls(scene, client);
    for (const event of events) {
      const stall = stallAround(host, event, null) ?? stallAround(remote, event, targetsNamed(scene, client, event));
      if (attemptsAround(scene, client, event) > 0) attempted.push(event);
      else if (stall === undefined) unclear.push(event);
      else refusals.push({ event, stall, hostWide: host.includes(stall) });
    }
  }
  return { refusals, attempted, unclear, outside: telling.filter((event) => !inside(event)) };
}

/** An error that names a loopback endpoint tells of a connection that no capture of a network card shows. */
function tellsOfPorts({ numbers, endpoints }: PlacedEvent): boolean {
  if (!numbers.some((number) => TCP_PORT_EVENTS.includes(number))) return false;
  return endpoints.length === 0 || endpoints.some(({ address }) => !isLoopbackAddress(address));
}

/** The client's targets that the event's text names; null where it names none. */
function targetsNamed(scene: Scene, client: number, { endpoints }: PlacedEvent): number[] | null {
  if (endpoints.length === 0) return null;
  const { from, to } = targetsOf(scene.ledger, client);
  const named: number[] = [];
  for (let target = from; target < to; target++) {
    const remote = remoteOf(scene, target);
    if (endpoints.some(({ address, port }) => address === remote.address && port === remote.port)) named.push(target);
  }
  return named;
}

function stallAround(
  stalls: readonly Stall[],
  { at }: PlacedEvent,
  targets: readonly number[] | null,
): Stall | undefined {
  return stalls.find(
    ({ silence, stream }) =>
      at >= silence.from - LOCAL_REFUSAL.windowSeconds * SECOND &&
      at <= silence.to &&
      (targets === null || targets.includes(stream.target)),
  );
}

function attemptsAround(scene: Scene, client: number, event: PlacedEvent): number {
  const { ledger } = scene;
  const targets = targetsNamed(scene, client, event);
  const rows = clientRowsByStart(ledger, client).filter(
    (row) => targets === null || targets.includes(ledger.targetOf[row]!),
  );
  const window = LOCAL_REFUSAL.windowSeconds * SECOND;
  return countBetween(attemptsAmong(ledger, rows), event.at - window, event.at + window + 1);
}

function supported(scene: Scene, client: number, judged: EventsJudged): Judgement {
  const targets = new Set(judged.refusals.map(({ stall, hostWide }) => (hostWide ? null : stall.stream.target)));
  const head = {
    code: 'refused-locally',
    verdict: 'supported',
    severity: 'warning',
    client,
    target: targets.size === 1 ? [...targets][0]! : null,
    size: judged.refusals.length,
    decides: DECIDES.blindSpot,
    held: 0,
  } as const;
  return judgement(scene, head, () => refusedLocallyText(scene, client, judged));
}

function notFound(scene: Scene, client: number, judged: EventsJudged): Judgement {
  const excluded = judged.attempted.length > 0 && judged.unclear.length + judged.refusals.length === 0;
  const head = absence('refused-locally', excluded ? 'excluded' : 'inconclusive', client, judged.unclear.length);
  return judgement(scene, head, () => noRefusalText(scene, client, judged, excluded));
}
