/**
 * `bound-ports-leaked`: local ports that the host holds Bound and that no session uses. Every bound connection has such
 * a row beside its own, so only a port without any other row counts, and only when it is still there minutes later.
 */
import type { SocketRow } from '../../contract/evidence.ts';
import { clientRowsByStart } from '../ledger/rows.ts';
import { DOCUMENTED_TIME_WAITS } from '../ledger/time-wait.ts';
import { SECOND } from '../segment/timeline.ts';
import { boundText, noBoundText } from './bound-ports-leaked-text.ts';
import { absence, DECIDES, type Judgement, judgement } from './judgement.ts';
import { localPortOf, onlyClient, type Scene } from './scene.ts';
import type { PlacedSnapshot } from './snapshots.ts';

export const BOUND = {
  /** What outlives the longest TIME_WAIT that is documented is held. */
  minSecondsApart: Math.max(...DOCUMENTED_TIME_WAITS),
  /** A few may belong to a program that binds and waits; below it they are a remark. */
  graveCount: 10,
  criticalPoolShare: 0.5,
} as const;

export interface BoundPorts {
  readonly first: PlacedSnapshot;
  readonly last: PlacedSnapshot;
  /** Rows of the later snapshot, by port. */
  readonly rows: readonly SocketRow[];
  /** Ports among them that the finding on lost ports names. */
  readonly lost: readonly number[];
}

/** Once for the host that the snapshots are of; `lostPorts` are those that are lost beyond doubt. */
export function boundPortsLeaked(scene: Scene, lostPorts: readonly number[]): Judgement[] {
  const client = hostOf(scene);
  const found = leakedBetween(scene, client, lostPorts);
  return [found === null ? notFound(scene, client) : supported(scene, client, found)];
}

/** The client whose connections the snapshots list; of several the one with the most. */
function hostOf(scene: Scene): number | null {
  const counts = new Map<number, number>();
  for (const snapshot of scene.snapshots) {
    for (const [client, rows] of snapshot.connections) counts.set(client, (counts.get(client) ?? 0) + rows.size);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return most?.[0] ?? onlyClient(scene);
}

/** Held in the first and the last of the snapshots, and by no session in between. */
function leakedBetween(scene: Scene, client: number | null, lostPorts: readonly number[]): BoundPorts | null {
  const snapshots = scene.snapshots.filter((one) => one.showsBound).sort((one, other) => one.at - other.at);
  const first = snapshots[0];
  const last = snapshots.at(-1);
  if (first === undefined || last === undefined || last.at - first.at <= BOUND.minSecondsApart * SECOND) return null;
  const throughout = snapshots.map((one) => new Set(one.boundOnly.map((row) => row.localPort)));
  const used = client === null ? new Set<number>() : portsUsedBetween(scene, client, first.at, last.at);
  const rows = last.boundOnly.filter(
    ({ localPort }) => throughout.every((ports) => ports.has(localPort)) && !used.has(localPort!),
  );
  if (rows.length === 0) return null;
  const lost = rows.map((row) => row.localPort!).filter((port) => lostPorts.includes(port));
  return { first, last, rows, lost };
}

function portsUsedBetween({ ledger }: Scene, client: number, from: number, to: number): Set<number> {
  const used = new Set<number>();
  for (const row of clientRowsByStart(ledger, client)) {
    if (ledger.sessions.start[row]! <= to && ledger.heldUntil[row]! >= from) used.add(localPortOf(ledger, row));
  }
  return used;
}

function supported(scene: Scene, client: number | null, found: BoundPorts): Judgement {
  const count = found.rows.length;
  const usable = client === null ? Number.POSITIVE_INFINITY : scene.ledger.pool(client).usable;
  const grave = count >= BOUND.graveCount || found.lost.length > 0;
  const head = {
    code: 'bound-ports-leaked',
    verdict: 'supported',
    severity: count >= BOUND.criticalPoolShare * usable ? 'critical' : grave ? 'warning' : 'info',
    client,
    target: null,
    size: count,
    decides: DECIDES.netstat,
    held: 0,
  } as const;
  return judgement(scene, head, () => boundText(scene, client, found));
}

function notFound(scene: Scene, client: number | null): Judgement {
  const shown = scene.snapshots.filter((one) => one.showsBound);
  const suspects = Math.max(0, ...shown.map((one) => one.boundOnly.length));
  const head = absence(
    'bound-ports-leaked',
    shown.length > 0 && suspects === 0 ? 'excluded' : 'inconclusive',
    client,
    suspects,
  );
  return judgement(scene, head, () => noBoundText(shown, suspects));
}
