/** What every finding is handed: the ledger, what stands beside it, and how far all of it can be trusted. */
import type { EvidenceFacts, LoggedEvent } from '../../contract/evidence.ts';
import type { Endpoint, FrameReference, Quality } from '../../contract/report.ts';
import type { CaptureSummary } from '../capture/summary.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { clientRowsByStart, rowNumbers, targetRows } from '../ledger/rows.ts';
import type { SessionOwners } from '../processes/session-owners.ts';
import type { Activity, Silence } from '../session/activity.ts';
import type { PlacedSnapshot } from './snapshots.ts';

export interface DiagnosisInput {
  readonly ledger: Ledger;
  readonly activity: Activity;
  /** In the order of the report. */
  readonly captures: readonly CaptureSummary[];
  /** Only SYN, FIN and RST are in the capture: acknowledgments and payload cannot be seen. */
  readonly flagsOnly: boolean;
  /** Packets that were copies of another and count once. */
  readonly duplicates: number;
  /** Facts of companion files; its events hold those that were given as options, too. */
  readonly evidence: EvidenceFacts;
  /** Whose each session is, where anything names its process. */
  readonly owners: SessionOwners;
}

/** An event with its time on the analysis' own timeline, in ns. */
export interface PlacedEvent extends LoggedEvent {
  readonly at: number;
}

export interface Scene extends DiagnosisInput {
  readonly quality: Quality;
  /** Rows in `ClientGroups` that are judged and told of: all, or those that were named. */
  readonly clients: Uint32Array;
  /** Spans in which no host sent anything: nothing is concluded from a silence across one. */
  readonly holes: readonly Silence[];
  /** Of all packets, the share that the capture lacks as far as it can be told. */
  readonly lostShare: number;
  /** By time. */
  readonly events: readonly PlacedEvent[];
  /** In the order of the evidence. */
  readonly snapshots: readonly PlacedSnapshot[];
  /** A capture filter names hosts or ports: nothing is known of what the client did towards others. */
  readonly filtered: boolean;
  /** Loopback traffic is in the capture. */
  readonly loopbackSeen: boolean;
}

export function reportedClients(ledger: Ledger): Uint32Array {
  const clients = new Uint32Array(ledger.clients.count);
  let count = 0;
  for (let client = 0; client < clients.length; client++) if (ledger.isReported(client)) clients[count++] = client;
  return clients.subarray(0, count);
}

/** The host that was captured, as far as one client alone tells. */
export function onlyClient({ clients }: Scene): number | null {
  return clients.length === 1 ? clients[0]! : null;
}

export function clientText(scene: Scene, client: number): string {
  return scene.ledger.addresses.text(scene.ledger.clients.address[client]!);
}

export function remoteOf(scene: Scene, target: number): Endpoint {
  const { targets, addresses } = scene.ledger;
  return { address: addresses.text(targets.remote[target]!), port: targets.remotePort[target]! };
}

export function endpointText({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Rows of the client's targets: `[from, to)`. */
export function targetsOf(ledger: Ledger, client: number): { from: number; to: number } {
  return { from: ledger.clients.firstTarget[client]!, to: ledger.clients.firstTarget[client + 1]! };
}

/** Session rows of a client towards one target, or towards all (null), by start. */
export function rowsByStart(ledger: Ledger, client: number, target: number | null): Uint32Array {
  return target === null ? clientRowsByStart(ledger, client) : rowNumbers(targetRows(ledger, target));
}

export function localPortOf(ledger: Ledger, row: number): number {
  return ledger.sessions.ports[row]! >>> 16;
}

/** The local ports of sessions, each once, ascending. */
export function localPortsOf(ledger: Ledger, rows: readonly number[]): number[] {
  return [...new Set(rows.map((row) => localPortOf(ledger, row)))].sort((one, other) => one - other);
}

/** First packet of a session: the SYN of an attempt. */
export function firstFrameOf(ledger: Ledger, row: number): FrameReference {
  const { sessions, timeline } = ledger;
  return {
    capture: sessions.capture[row]!,
    frame: sessions.firstFrame[row]!,
    time: timeline.text(sessions.start[row]!),
  };
}

export function lastFrameOf(ledger: Ledger, row: number): FrameReference {
  const { sessions, timeline } = ledger;
  return {
    capture: sessions.lastCapture[row]!,
    frame: sessions.lastFrame[row]!,
    time: timeline.text(sessions.end[row]!),
  };
}

/** A hole begins after the session's last packet: whatever would have ended it may lie in there. */
export function mayHaveEndedInHole({ ledger, holes }: Scene, row: number): boolean {
  const end = ledger.sessions.end[row]!;
  return holes.some((hole) => hole.from >= end);
}
