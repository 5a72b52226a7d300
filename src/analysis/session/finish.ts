import type { Addresses } from '../segment/addresses.ts';
import { establishedState } from './reuse.ts';
import { RIGHT, type RoleHints, Roles, UNKNOWN } from './roles.ts';
import { answerIn, previousStateIn, synCopiesIn } from './row-facts.ts';
import * as row from './row-layout.ts';
import type { SessionColumns } from './session-columns.ts';
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
  FIN_UNSEEN,
  HALF_OPEN,
  MIDSTREAM,
  REFUSED,
  REMOTE_SEEN,
  REPLACED,
  RESET,
  type Sessions,
  SYN_ACK_UNSEEN,
  SYN_SENT,
} from './sessions.ts';
import type { SessionTracker } from './tracker.ts';

/**
 * Decides the roles, and turns the tracker's rows into the columns that the ledger reads. The rows are given up on the
 * way, so that both never stand beside each other: the tracker takes no segment after this.
 */
export function finishSessions(tracker: SessionTracker, addresses: Addresses, hints: RoleHints): Sessions {
  const { columns } = tracker;
  if (isFlagsOnly(tracker)) assumeHandshakes(columns);
  const words = splitWords(tracker, addresses, new Roles(columns, addresses, hints));
  const numbers = splitNumbers(columns);
  const { count, start, closed, longestPause, synPackets, firstFrame, capture, previous, before } = columns;
  for (let at = 0; at < count; at++) if (words.facts[at]! & MIDSTREAM) previous[at] = -1;
  const kept = { start, closed, longestPause, synPackets, firstFrame, capture, previous, before };
  return { count, ...kept, ...words, ...numbers };
}

function splitWords({ columns, votes }: SessionTracker, addresses: Addresses, roles: Roles) {
  const { count, words } = columns;
  const client = new Uint32Array(count);
  const remote = new Uint32Array(count);
  const ports = new Uint32Array(count);
  const facts = new Uint32Array(count);
  const isn = new Uint32Array(count);
  const packets = new Uint32Array(count);
  const process = votes === null ? null : new Int32Array(count);
  for (let at = 0; at < count; at++) {
    const word = at << row.WORDS_SHIFT;
    const role = roles.clientOf(at);
    const family = words[word + row.FACTS]! & row.V6 ? 6 : 4;
    const left = addresses.idOf(family, words[word + row.LEFT]! >>> 0);
    const right = addresses.idOf(family, words[word + row.RIGHT]! >>> 0);
    const pair = words[word + row.PORTS]!;
    client[at] = role === RIGHT ? right : left;
    remote[at] = role === RIGHT ? left : right;
    ports[at] = role === RIGHT ? (pair << 16) | (pair >>> 16) : pair;
    facts[at] = finalFacts(words[word + row.FACTS]!, role);
    isn[at] = words[word + row.ISN]!;
    packets[at] = words[word + row.PACKETS]!;
    if (process !== null && role !== UNKNOWN) process[at] = votes!.process(at, role !== RIGHT);
  }
  columns.words = new Int32Array(0);
  return { client, remote, ports, facts, isn, packets, process };
}

function splitNumbers(columns: SessionColumns) {
  const { count, numbers } = columns;
  const end = new Float64Array(count);
  const lastPayload = new Float64Array(count);
  const bytes = new Float64Array(count);
  const lastFrame = new Uint32Array(count);
  const lastCapture = new Uint16Array(count);
  for (let at = 0; at < count; at++) {
    const number = at << row.NUMBERS_SHIFT;
    end[at] = numbers[number + row.END]!;
    lastPayload[at] = numbers[number + row.LAST_PAYLOAD]!;
    bytes[at] = numbers[number + row.BYTES]!;
    const place = numbers[number + row.LAST_PLACE]!;
    lastCapture[at] = Math.floor(place / row.CAPTURE_STEP);
    lastFrame[at] = place % row.CAPTURE_STEP;
  }
  columns.numbers = new Float64Array(0);
  return { end, lastPayload, bytes, lastFrame, lastCapture };
}

/**
 * A capture filter that kept SYN, FIN and RST alone: what only an ACK or payload shows cannot be seen (DOMAIN 4.3).
 * Where every attempt failed there is nothing to acknowledge: such a capture lacks nothing.
 */
export function isFlagsOnly({ columns, plainSegmentSeen }: SessionTracker): boolean {
  if (plainSegmentSeen) return false;
  for (let at = 0; at < columns.count; at++) if (mustHaveAcks(columns.facts(at))) return true;
  return false;
}

function mustHaveAcks(facts: number): boolean {
  return (facts & row.HANDSHAKE) !== 0 || ((facts & row.EITHER_SYN_ACK) !== 0 && (facts & row.SYN_ACK_IN_VAIN) === 0);
}

/** There SYN and SYN-ACK must do for a handshake. */
function assumeHandshakes(columns: SessionColumns): void {
  for (let at = 0; at < columns.count; at++) {
    const facts = columns.facts(at);
    if (mustHaveAcks(facts)) columns.setFacts(at, facts | row.HANDSHAKE);
  }
}

function finalFacts(facts: number, client: number): number {
  const clientIsLeft = client !== RIGHT;
  const established = (facts & row.HANDSHAKE) !== 0;
  const state = established ? establishedState(facts, clientIsLeft) : attemptState(facts);
  const seen = seenBits(facts, clientIsLeft);
  let final =
    state | (closerOf(facts, state, clientIsLeft) << 3) | (answerIn(facts) << 6) | (previousStateIn(facts) << 8);
  final |= synCopiesIn(facts) << 20;
  if (established && facts & row.FIN_UNSEEN) final |= FIN_UNSEEN;
  if (missesSynAck(facts)) final |= SYN_ACK_UNSEEN;
  if (facts & row.MIDSTREAM) final |= MIDSTREAM;
  if (client !== UNKNOWN) final |= CLIENT_KNOWN;
  if (established) final |= ESTABLISHED;
  if (state === RESET && facts & row.REPLACED) final |= REPLACED;
  const spoken = established || (facts & row.EITHER_SYN_ACK) !== 0;
  if (spoken && facts & row.ACK_SEEN && seen !== (CLIENT_SEEN | REMOTE_SEEN)) final |= DIRECTION_MISSING;
  return final | seen;
}

function missesSynAck(facts: number): boolean {
  const bothSeen = (facts & row.SEEN_LEFT) !== 0 && (facts & row.SEEN_RIGHT) !== 0;
  return bothSeen && (facts & (row.HANDSHAKE | row.MIDSTREAM | row.EITHER_SYN_ACK)) === row.HANDSHAKE;
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
