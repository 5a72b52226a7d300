/**
 * `loopback-blind-spot`: connections within the host take ports of the same pool, and a capture of the network card
 * does not show them: Windows passes them inside tcpip.sys. Always a limit; a finding where something tells that it
 * matters.
 */
import type { TcpStatistics } from '../../contract/evidence.ts';
import type { Endpoint } from '../../contract/report.ts';
import { attemptsOf, countBetween } from './attempts.ts';
import { loopbackEndpoints } from './events.ts';
import { absence, DECIDES, type Judgement, judgement } from './judgement.ts';
import { blindSpotText, noBlindSpotText } from './loopback-blind-spot-text.ts';
import { onlyClient, type PlacedEvent, type Scene } from './scene.ts';
import type { PlacedSnapshot } from './snapshots.ts';

export const BLIND_SPOT = {
  /** Connections opened by the host's own count beyond those in the capture. */
  minUnseenOpens: 100,
  minUnseenShare: 0.1,
  /** Of the usable ports, held by loopback connections: below it they are a remark. */
  gravePoolShare: 0.1,
} as const;

export interface UnseenOpens {
  /** First and last count of one family. */
  readonly first: TcpStatistics;
  readonly last: TcpStatistics;
  readonly opens: number;
  readonly seen: number;
}

export interface BlindSpot {
  readonly named: readonly { event: PlacedEvent; endpoints: readonly Endpoint[] }[];
  /** The snapshot with the most loopback connections, those that take a port of the pool, and how many ports they take. */
  readonly snapshot: PlacedSnapshot | null;
  readonly portsTaken: number;
  readonly unseen: UnseenOpens | null;
}

/** Once for the capture; the host is the client where there is one alone. */
export function loopbackBlindSpot(scene: Scene): Judgement[] {
  const client = onlyClient(scene);
  const spot = scene.loopbackSeen ? null : blindSpotOf(scene, client);
  const shown = spot !== null && (spot.named.length > 0 || spot.portsTaken > 0 || spot.unseen !== null);
  return [shown ? supported(scene, client, spot) : notFound(scene, client)];
}

function blindSpotOf(scene: Scene, client: number | null): BlindSpot {
  const named = scene.events
    .map((event) => ({ event, endpoints: loopbackEndpoints(event) }))
    .filter(({ endpoints }) => endpoints.length > 0);
  const snapshot = scene.snapshots
    .map((one) => ({ ...one, loopback: fromPool(scene, client, one) }))
    .reduce<PlacedSnapshot | null>(
      (most, one) => (one.loopback.length > (most?.loopback.length ?? 0) ? one : most),
      null,
    );
  const portsTaken = new Set(snapshot?.loopback.map((row) => row.localPort)).size;
  return { named, snapshot, portsTaken, unseen: unseenOpens(scene) };
}

/** A list names both ends of a connection within the host: the accepting one takes no port of the pool. */
function fromPool({ ledger }: Scene, client: number | null, { loopback }: PlacedSnapshot): PlacedSnapshot['loopback'] {
  const pool = client === null ? null : ledger.pool(client);
  return pool === null || pool.weak ? loopback : loopback.filter(({ localPort }) => pool.has(localPort!));
}

/** The only number that measures the blind spot: connections opened by the host's count, less those in the capture. */
function unseenOpens(scene: Scene): UnseenOpens | null {
  const { ledger } = scene;
  const counted = scene.evidence.statistics.filter(
    (one) => one.time !== null && one.ipVersion !== 6 && isInside(scene, placeOf(scene, one)),
  );
  const first = counted[0];
  const last = counted.at(-1);
  if (first === undefined || last === undefined || first === last) return null;
  const opens = last.activeOpens - first.activeOpens;
  let seen = 0;
  for (let client = 0; client < ledger.clients.count; client++) {
    const attempts = attemptsOf(ledger, client, null);
    seen += countBetween(attempts, placeOf(scene, first), placeOf(scene, last));
  }
  const unseen = opens - seen;
  const matters = unseen >= BLIND_SPOT.minUnseenOpens && unseen > BLIND_SPOT.minUnseenShare * seen;
  return matters ? { first, last, opens, seen } : null;
}

function placeOf({ ledger }: Scene, { time }: TcpStatistics): number {
  return ledger.timeline.fromUnixNanoseconds(time!);
}

function isInside({ ledger: { span } }: Scene, at: number): boolean {
  return at >= span.from && at <= span.to;
}

function supported(scene: Scene, client: number | null, spot: BlindSpot): Judgement {
  const usable = client === null ? Number.NaN : scene.ledger.pool(client).usable;
  const many = spot.portsTaken >= BLIND_SPOT.gravePoolShare * usable;
  const head = {
    code: 'loopback-blind-spot',
    verdict: 'supported',
    severity: spot.named.length > 0 || spot.unseen !== null || many ? 'warning' : 'info',
    client,
    target: null,
    size: Math.max(spot.portsTaken, spot.named.length),
    decides: DECIDES.blindSpot,
    held: 0,
  } as const;
  return judgement(scene, head, () => blindSpotText(scene, client, spot));
}

function notFound(scene: Scene, client: number | null): Judgement {
  const head = absence('loopback-blind-spot', scene.loopbackSeen ? 'excluded' : 'inconclusive', client, 0);
  return judgement(scene, head, () => noBlindSpotText(scene));
}
