import type { Addresses } from '../segment/addresses.ts';
import { finalFacts } from './final-facts.ts';
import { SessionGrouping } from './grouping.ts';
import * as roles from './roles.ts';
import { type RoleHints, Roles } from './roles.ts';
import * as layout from './row-layout.ts';
import type { SessionColumns } from './session-columns.ts';
import type { SessionGroups, Sessions } from './sessions.ts';
import type { SessionTracker } from './tracker.ts';

const { BYTES, DOUBLES_SHIFT, EITHER_SYN_ACK, END, FACTS, HANDSHAKE, ISN, LAST_FRAME, LAST_PAYLOAD, LEFT } = layout;
const { LONGEST_PAUSE, MIDSTREAM, PACKETS, PORTS, RIGHT, SYN_ACK_IN_VAIN, V6, WORDS_SHIFT } = layout;
const { RIGHT: RIGHT_END, UNKNOWN } = roles;

/**
 * Decides the roles, and turns the tracker's rows into the columns that the ledger reads, each session at its place. The
 * tracker takes no segment after this.
 */
export function finishSessions(tracker: SessionTracker, addresses: Addresses, hints: RoleHints): Sessions {
  const { columns } = tracker;
  if (isFlagsOnly(tracker)) assumeHandshakes(columns);
  const ends = new Uint8Array(columns.count);
  const grouping = groupRows(columns, new Roles(columns, addresses, hints), ends);
  const { groups, placeOf } = grouping.place(columns.start, addresses);
  return {
    count: columns.count,
    groups,
    ...addressColumns(columns, addresses, groups, placeOf),
    ...firstColumns(columns, placeOf),
    ...lastColumns(columns, placeOf),
    ...factColumns(tracker, ends, placeOf),
  };
}

/** Notes in `ends` which is the client of each row. */
function groupRows(columns: SessionColumns, rowRoles: Roles, ends: Uint8Array): SessionGrouping {
  const { count, words } = columns;
  const grouping = new SessionGrouping(count);
  for (let row = 0; row < count; row++) {
    const word = row << WORDS_SHIFT;
    const facts = words[word + FACTS]!;
    const end = rowRoles.clientOf(row);
    ends[row] = end;
    if (end === UNKNOWN) {
      grouping.addUnknown(row);
      continue;
    }
    const family = facts & V6 ? 6 : 4;
    const left = words[word + LEFT]! >>> 0;
    const right = words[word + RIGHT]! >>> 0;
    const pair = words[word + PORTS]!;
    const isAttempt = (facts & MIDSTREAM) === 0;
    if (end === RIGHT_END) grouping.add(row, family, right, left, pair >>> 16, isAttempt);
    else grouping.add(row, family, left, right, pair & 0xffff, isAttempt);
  }
  return grouping;
}

/** Of a known client, those of its target; else the two ends as they are. */
function addressColumns(
  { count, words }: SessionColumns,
  addresses: Addresses,
  { targets, clients }: SessionGroups,
  placeOf: Int32Array,
): Pick<Sessions, 'client' | 'remote'> {
  const client = new Uint32Array(count);
  const remote = new Uint32Array(count);
  for (let target = 0; target < targets.count; target++) {
    const from = targets.first[target]!;
    const to = targets.first[target + 1]!;
    client.fill(clients.address[targets.client[target]!]!, from, to);
    remote.fill(targets.remote[target]!, from, to);
  }
  const known = targets.first[targets.count]!;
  for (let row = 0; known < count && row < count; row++) {
    const place = placeOf[row]!;
    if (place < known) continue;
    const word = row << WORDS_SHIFT;
    const family = words[word + FACTS]! & V6 ? 6 : 4;
    client[place] = addresses.idOf(family, words[word + LEFT]! >>> 0);
    remote[place] = addresses.idOf(family, words[word + RIGHT]! >>> 0);
  }
  return { client, remote };
}

/** What stands beside the rows: what the first packet said, and the last change of state. */
function firstColumns(columns: SessionColumns, placeOf: Int32Array) {
  const { count } = columns;
  const start = new Float64Array(count);
  const closed = new Float64Array(count);
  const synPackets = new Uint16Array(count);
  const firstFrame = new Uint32Array(count);
  const capture = new Uint16Array(count);
  const lastCapture = new Uint16Array(count);
  const previous = new Int32Array(count);
  const before = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const place = placeOf[row]!;
    const earlier = columns.previous[row]!;
    const last = columns.before[row]!;
    start[place] = columns.start[row]!;
    closed[place] = columns.closed[row]!;
    synPackets[place] = columns.synPackets[row]!;
    firstFrame[place] = columns.firstFrame[row]!;
    capture[place] = columns.capture[row]!;
    lastCapture[place] = columns.lastCapture[row]!;
    previous[place] = earlier < 0 || columns.facts(row) & MIDSTREAM ? -1 : placeOf[earlier]!;
    before[place] = last < 0 ? -1 : placeOf[last]!;
  }
  return { start, closed, synPackets, firstFrame, capture, lastCapture, previous, before };
}

/** What every packet changed. */
function lastColumns({ count, words, doubles, floats }: SessionColumns, placeOf: Int32Array) {
  const end = new Float64Array(count);
  const lastPayload = new Float64Array(count);
  const longestPause = new Float32Array(count);
  const bytes = new Float64Array(count);
  const packets = new Uint32Array(count);
  const lastFrame = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    const place = placeOf[row]!;
    const word = row << WORDS_SHIFT;
    const double = row << DOUBLES_SHIFT;
    end[place] = doubles[double + END]!;
    lastPayload[place] = doubles[double + LAST_PAYLOAD]!;
    longestPause[place] = floats[word + LONGEST_PAUSE]!;
    bytes[place] = doubles[double + BYTES]!;
    packets[place] = words[word + PACKETS]!;
    lastFrame[place] = words[word + LAST_FRAME]!;
  }
  return { end, lastPayload, longestPause, bytes, packets, lastFrame };
}

function factColumns({ columns, votes }: SessionTracker, ends: Uint8Array, placeOf: Int32Array) {
  const { count, words } = columns;
  const ports = new Uint32Array(count);
  const facts = new Uint32Array(count);
  const isn = new Uint32Array(count);
  const process = votes === null ? null : new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const place = placeOf[row]!;
    const word = row << WORDS_SHIFT;
    const end = ends[row]!;
    const pair = words[word + PORTS]!;
    ports[place] = end === RIGHT_END ? (pair << 16) | (pair >>> 16) : pair;
    facts[place] = finalFacts(words[word + FACTS]!, end);
    isn[place] = words[word + ISN]!;
    if (process !== null && end !== UNKNOWN) process[place] = votes!.process(row, end !== RIGHT_END);
  }
  return { ports, facts, isn, process };
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
