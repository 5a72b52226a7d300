/**
 * `missing-from-netstat`: connections that are open on the wire and that the host's own list does not know. Only a
 * session whose SYN is in the capture, that was quiet around the snapshot and not closed near it, is held against the
 * list.
 */
import type { SocketRow } from '../../contract/evidence.ts';
import { clientRowsByStart } from '../ledger/rows.ts';
import { SECOND } from '../segment/timeline.ts';
import { CLOSED, ESTABLISHED, MIDSTREAM, REPLACED, RESET, stateOf } from '../session/sessions.ts';
import { absence, DECIDES, type Judgement, judgement } from './judgement.ts';
import { missingText, noneMissingText } from './missing-from-netstat-text.ts';
import { localPortOf, remoteOf, type Scene } from './scene.ts';
import { type PlacedSnapshot, tupleKey } from './snapshots.ts';

export const NETSTAT = {
  /** Clocks of host and capture differ by so much at most. */
  skewSeconds: 2,
  /** A session that closed this near the snapshot may or may not be in it. */
  closeSeconds: 5,
  /** From here on, or where a session is missing in two snapshots, it is no accident of timing. */
  many: 5,
  /** Of the rows, those the capture does not know: above this share an assumed time cannot be right. */
  maxUnknownShare: 0.1,
} as const;

export interface Compared {
  readonly snapshot: PlacedSnapshot;
  /** Sessions that must be in the list, and those of them that are not. */
  readonly expected: number;
  readonly missing: readonly number[];
  /** Rows ESTABLISHED or CLOSE_WAIT whose session was closed on the wire. */
  readonly heldAfterClose: number;
  /** The list is complete and its time can be believed. */
  readonly usable: boolean;
}

export function missingFromNetstat(scene: Scene, client: number): Judgement[] {
  const compared = scene.snapshots
    .filter((snapshot) => snapshot.connections.has(client))
    .map((snapshot) => compare(scene, client, snapshot));
  const usable = scene.quality.grade === 'A' ? compared.filter((one) => one.usable) : [];
  const missing = new Set(usable.flatMap((one) => one.missing));
  return [
    missing.size > 0 ? supported(scene, client, usable, [...missing]) : notFound(scene, client, compared, usable),
  ];
}

function compare(scene: Scene, client: number, snapshot: PlacedSnapshot): Compared {
  const { ledger } = scene;
  const listed = snapshot.connections.get(client)!;
  const listedPorts = new Set([...listed.values()].map((entry) => entry.localPort));
  const latest = snapshot.at + NETSTAT.skewSeconds * SECOND;
  const known = new Set<string>();
  const newest = new Map<SocketRow, number>();
  const missing: number[] = [];
  let expected = 0;
  for (const row of clientRowsByStart(ledger, client)) {
    const must = mustBeListed(scene, row, snapshot.at);
    if (must) expected++;
    // Most sessions need no text of their own.
    if (!must && !listedPorts.has(localPortOf(ledger, row))) continue;
    const key = keyOf(scene, row);
    const entry = listed.get(key);
    if (entry === undefined) {
      if (must) missing.push(row);
      continue;
    }
    newest.set(entry, row);
    if (ledger.sessions.start[row]! <= latest) known.add(key);
  }
  const held = [...newest].filter(([entry, row]) => isHeldAfterClose(scene, row, entry, snapshot.at));
  const usable = isUsable(scene, client, snapshot, known);
  return { snapshot, expected, missing, heldAfterClose: held.length, usable };
}

function keyOf(scene: Scene, row: number): string {
  const { address, port } = remoteOf(scene, scene.ledger.targetOf[row]!);
  return tupleKey(localPortOf(scene.ledger, row), address, port);
}

function mustBeListed({ ledger: { sessions } }: Scene, row: number, at: number): boolean {
  const facts = sessions.facts[row]!;
  if (facts & (MIDSTREAM | REPLACED) || (facts & ESTABLISHED) === 0) return false;
  if (sessions.start[row]! > at - NETSTAT.skewSeconds * SECOND || sessions.end[row]! >= at) return false;
  return !isClosed(facts) || sessions.closed[row]! > at + NETSTAT.closeSeconds * SECOND;
}

function isHeldAfterClose({ ledger: { sessions } }: Scene, row: number, entry: SocketRow, at: number): boolean {
  const held = entry.state === 'ESTABLISHED' || entry.state === 'CLOSE_WAIT';
  return held && isClosed(sessions.facts[row]!) && sessions.closed[row]! < at - NETSTAT.closeSeconds * SECOND;
}

function isClosed(facts: number): boolean {
  return stateOf(facts) === CLOSED || stateOf(facts) === RESET;
}

/** A list of another time has connections that the capture never saw, towards remotes that it did see. */
function isUsable(scene: Scene, client: number, snapshot: PlacedSnapshot, known: ReadonlySet<string>): boolean {
  const { ledger } = scene;
  const family = ledger.addresses.text(ledger.clients.address[client]!).includes(':') ? 'ipv6' : 'ipv4';
  const inside = snapshot.at >= ledger.span.from && snapshot.at <= ledger.span.to + NETSTAT.skewSeconds * SECOND;
  if (!snapshot.source.complete[family] || !inside) return false;
  if (snapshot.timeKnown) return true;
  const established = [...snapshot.connections.get(client)!].filter(([, row]) => row.state === 'ESTABLISHED');
  const unknown = established.filter(([key]) => !known.has(key)).length;
  return unknown <= NETSTAT.maxUnknownShare * established.length;
}

function supported(scene: Scene, client: number, usable: readonly Compared[], missing: readonly number[]): Judgement {
  const repeated = missing.some((row) => usable.filter((one) => one.missing.includes(row)).length >= 2);
  const certain = missing.length >= NETSTAT.many || repeated;
  const head = {
    code: 'missing-from-netstat',
    verdict: 'supported',
    severity: certain ? 'critical' : 'warning',
    client,
    target: null,
    size: missing.length,
    decides: DECIDES.netstat,
    held: 0,
  } as const;
  return judgement(scene, head, () => missingText(scene, client, usable, missing, certain ? 'high' : 'medium'));
}

function notFound(scene: Scene, client: number, compared: readonly Compared[], usable: readonly Compared[]): Judgement {
  const excluded = usable.some((one) => one.expected > 0);
  const head = absence('missing-from-netstat', excluded ? 'excluded' : 'inconclusive', client, 0);
  return judgement(scene, head, () => noneMissingText(scene, client, compared, usable));
}
