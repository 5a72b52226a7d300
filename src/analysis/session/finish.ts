import type { Addresses } from '../segment/addresses.ts';
import { establishedState } from './reuse.ts';
import { LEFT, RIGHT, type RoleHints, Roles, UNKNOWN } from './roles.ts';
import * as row from './session-columns.ts';
import {
  BY_CLIENT,
  BY_NONE,
  BY_REMOTE,
  BY_RST_CLIENT,
  BY_RST_REMOTE,
  CLIENT_KNOWN,
  CLIENT_SEEN,
  CLOSED,
  DIRECTION_MISSING,
  ESTABLISHED,
  HALF_OPEN,
  MIDSTREAM,
  REFUSED,
  REMOTE_SEEN,
  REPLACED,
  RESET,
  type Sessions,
  SYN_SENT,
} from './sessions.ts';
import type { SessionTracker } from './tracker.ts';

/**
 * Decides the roles, and turns the tracker's rows into the columns that the ledger reads. In place: `left` and `right`
 * become client and remote, so the tracker takes no segment after this.
 */
export function finishSessions(tracker: SessionTracker, addresses: Addresses, hints: RoleHints): Sessions {
  const { columns } = tracker;
  const flagsOnly = isFlagsOnly(tracker);
  const roles = new Roles(columns, addresses, hints);
  const clients = new Uint8Array(columns.count);
  for (let at = 0; at < columns.count; at++) clients[at] = roles.clientOf(at);
  for (let at = 0; at < columns.count; at++) {
    if (flagsOnly) assumeHandshake(columns, at);
    orient(columns, addresses, at, clients[at]!);
    columns.facts[at] = finalFacts(columns.facts[at]!, clients[at]!);
  }
  for (let at = 0; at < columns.count; at++) if (columns.facts[at]! & MIDSTREAM) columns.previous[at] = -1;
  return {
    ...columns,
    client: new Uint32Array(columns.left.buffer),
    remote: new Uint32Array(columns.right.buffer),
    ports: new Uint32Array(columns.ports.buffer),
  };
}

/** A capture filter that kept SYN, FIN and RST alone: what only an ACK or payload shows cannot be seen (DOMAIN 4.3). */
export function isFlagsOnly(tracker: SessionTracker): boolean {
  return tracker.columns.count > 0 && tracker.payloadSegments === 0 && tracker.bareAcks === 0;
}

/** There SYN and SYN-ACK must do for a handshake. */
function assumeHandshake(columns: row.SessionColumns, at: number): void {
  if (columns.facts[at]! & row.EITHER_SYN_ACK) columns.facts[at] = columns.facts[at]! | row.HANDSHAKE;
}

function finalFacts(facts: number, client: number): number {
  const clientIsLeft = client !== RIGHT;
  const established = (facts & row.HANDSHAKE) !== 0;
  const state = established ? establishedState(facts, clientIsLeft) : attemptState(facts);
  const seen = seenBits(facts, clientIsLeft);
  let final =
    state |
    (closerOf(facts, state, clientIsLeft) << 3) |
    (row.answerIn(facts) << 6) |
    (row.previousStateIn(facts) << 8);
  final |= row.synCopiesIn(facts) << 20;
  if (facts & row.MIDSTREAM) final |= MIDSTREAM;
  if (client !== UNKNOWN) final |= CLIENT_KNOWN;
  if (established) final |= ESTABLISHED;
  if (state === RESET && facts & row.REPLACED) final |= REPLACED;
  const spoken = established || (facts & row.EITHER_SYN_ACK) !== 0;
  if (spoken && facts & row.ACK_SEEN && seen !== (CLIENT_SEEN | REMOTE_SEEN)) final |= DIRECTION_MISSING;
  return final | seen;
}

function attemptState(facts: number): number {
  if (facts & row.EITHER_SYN_ACK) return HALF_OPEN;
  return facts & row.REFUSAL ? REFUSED : SYN_SENT;
}

function seenBits(facts: number, clientIsLeft: boolean): number {
  const left = clientIsLeft ? CLIENT_SEEN : REMOTE_SEEN;
  const right = clientIsLeft ? REMOTE_SEEN : CLIENT_SEEN;
  return (facts & row.SEEN_LEFT ? left : 0) | (facts & row.SEEN_RIGHT ? right : 0);
}

/** CONTRACT 5: the side of the first FIN where both sent one; else the sender of the RST that ended an established session. */
function closerOf(facts: number, state: number, clientIsLeft: boolean): number {
  if (state === CLOSED) return ((facts & row.RIGHT_CLOSED_FIRST) === 0) === clientIsLeft ? BY_CLIENT : BY_REMOTE;
  if (state !== RESET || (facts & row.EITHER_RST) === 0) return BY_NONE;
  return ((facts & row.RST_LEFT) !== 0) === clientIsLeft ? BY_RST_CLIENT : BY_RST_REMOTE;
}

function orient(columns: row.SessionColumns, addresses: Addresses, at: number, client: number): void {
  const family = columns.facts[at]! & row.V6 ? 6 : 4;
  const left = addresses.idOf(family, columns.left[at]! >>> 0);
  const right = addresses.idOf(family, columns.right[at]! >>> 0);
  const ports = columns.ports[at]!;
  if (client === LEFT || client === UNKNOWN) {
    columns.left[at] = left;
    columns.right[at] = right;
  } else {
    columns.left[at] = right;
    columns.right[at] = left;
    columns.ports[at] = (ports << 16) | (ports >>> 16);
  }
}
