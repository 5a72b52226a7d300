import type { Addresses } from '../segment/addresses.ts';
import { finalFacts } from './final-facts.ts';
import * as roles from './roles.ts';
import { type RoleHints, Roles } from './roles.ts';
import * as layout from './row-layout.ts';
import type { SessionColumns } from './session-columns.ts';
import type { Sessions } from './sessions.ts';
import * as sessions from './sessions.ts';
import type { SessionTracker } from './tracker.ts';

const {
  BYTES,
  DOUBLES_SHIFT,
  EITHER_SYN_ACK,
  END,
  FACTS,
  HANDSHAKE,
  ISN,
  LAST_FRAME,
  LAST_PAYLOAD,
  LEFT,
  LONGEST_PAUSE,
  PACKETS,
  PORTS,
  RIGHT,
  SYN_ACK_IN_VAIN,
  V6,
  WORDS_SHIFT,
} = layout;
const { RIGHT: RIGHT_END, UNKNOWN } = roles;
const { MIDSTREAM } = sessions;

/**
 * Decides the roles, and turns the tracker's rows into the columns that the ledger reads. The rows are given up on the
 * way, so that both never stand beside each other: the tracker takes no segment after this.
 */
export function finishSessions(tracker: SessionTracker, addresses: Addresses, hints: RoleHints): Sessions {
  const { columns } = tracker;
  if (isFlagsOnly(tracker)) assumeHandshakes(columns);
  const words = splitWords(tracker, addresses, new Roles(columns, addresses, hints));
  const numbers = splitNumbers(columns);
  const { count, start, closed, synPackets, firstFrame, capture, lastCapture, previous, before } = columns;
  for (let at = 0; at < count; at++) if (words.facts[at]! & MIDSTREAM) previous[at] = -1;
  const kept = { start, closed, synPackets, firstFrame, capture, lastCapture, previous, before };
  return { count, ...kept, ...words, ...numbers };
}

function splitWords({ columns, votes }: SessionTracker, addresses: Addresses, ends: Roles) {
  const { count, words } = columns;
  const client = new Uint32Array(count);
  const remote = new Uint32Array(count);
  const ports = new Uint32Array(count);
  const facts = new Uint32Array(count);
  const isn = new Uint32Array(count);
  const packets = new Uint32Array(count);
  const process = votes === null ? null : new Int32Array(count);
  for (let at = 0; at < count; at++) {
    const word = at << WORDS_SHIFT;
    const role = ends.clientOf(at);
    const family = words[word + FACTS]! & V6 ? 6 : 4;
    const left = addresses.idOf(family, words[word + LEFT]! >>> 0);
    const right = addresses.idOf(family, words[word + RIGHT]! >>> 0);
    const pair = words[word + PORTS]!;
    client[at] = role === RIGHT_END ? right : left;
    remote[at] = role === RIGHT_END ? left : right;
    ports[at] = role === RIGHT_END ? (pair << 16) | (pair >>> 16) : pair;
    facts[at] = finalFacts(words[word + FACTS]!, role);
    isn[at] = words[word + ISN]!;
    packets[at] = words[word + PACKETS]!;
    if (process !== null && role !== UNKNOWN) process[at] = votes!.process(at, role !== RIGHT_END);
  }
  return { client, remote, ports, facts, isn, packets, process };
}

function splitNumbers(columns: SessionColumns) {
  const { count, words, doubles, floats } = columns;
  const end = new Float64Array(count);
  const lastPayload = new Float64Array(count);
  const bytes = new Float64Array(count);
  const lastFrame = new Uint32Array(count);
  const longestPause = new Float32Array(count);
  for (let at = 0; at < count; at++) {
    const double = at << DOUBLES_SHIFT;
    const word = at << WORDS_SHIFT;
    end[at] = doubles[double + END]!;
    lastPayload[at] = doubles[double + LAST_PAYLOAD]!;
    bytes[at] = doubles[double + BYTES]!;
    lastFrame[at] = words[word + LAST_FRAME]!;
    longestPause[at] = floats[word + LONGEST_PAUSE]!;
  }
  columns.words = new Int32Array(0);
  columns.doubles = new Float64Array(0);
  columns.floats = new Float32Array(0);
  return { end, lastPayload, bytes, lastFrame, longestPause };
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
  return (facts & HANDSHAKE) !== 0 || ((facts & EITHER_SYN_ACK) !== 0 && (facts & SYN_ACK_IN_VAIN) === 0);
}

/** There SYN and SYN-ACK must do for a handshake. */
function assumeHandshakes(columns: SessionColumns): void {
  for (let at = 0; at < columns.count; at++) {
    const facts = columns.facts(at);
    if (mustHaveAcks(facts)) columns.setFacts(at, facts | HANDSHAKE);
  }
}
