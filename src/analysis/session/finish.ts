import type { Addresses } from '../segment/addresses.ts';
import { SessionGrouping } from './grouping.ts';
import { placedColumns } from './placed-columns.ts';
import * as roles from './roles.ts';
import { clientByHandshake, type RoleHints, Roles } from './roles.ts';
import * as layout from './row-layout.ts';
import type { SessionColumns } from './session-columns.ts';
import type { Sessions } from './sessions.ts';
import type { SessionTracker } from './tracker.ts';

const { EITHER_SYN_ACK, FACTS, HANDSHAKE, LEFT, MIDSTREAM, PORTS, RIGHT, SYN_ACK_IN_VAIN, V6, WORDS_SHIFT } = layout;
const { RIGHT: RIGHT_END, UNKNOWN } = roles;

/**
 * Decides the roles, and turns the tracker's rows into the columns that the ledger reads, each session at its place. The
 * tracker takes no segment after this.
 */
export function finishSessions(tracker: SessionTracker, addresses: Addresses, hints: RoleHints): Sessions {
  const { columns } = tracker;
  if (isFlagsOnly(tracker)) assumeHandshakes(columns);
  const ends = new Uint8Array(columns.count);
  const { groups, placeOf } = groupRows(columns, addresses, hints, ends).place(columns.start, addresses);
  const { targets } = groups;
  return {
    count: columns.count,
    clockSteps: tracker.activity.clockSteps.found,
    groups,
    unknownEnds: unknownEnds(columns, addresses, targets.first[targets.count]!, placeOf),
    ...placedColumns(tracker, ends, placeOf),
  };
}

/** Notes in `ends` which is the client of each row, and tells which sessions belong together. */
function groupRows(columns: SessionColumns, addresses: Addresses, hints: RoleHints, ends: Uint8Array): SessionGrouping {
  const grouping = new SessionGrouping(columns.count);
  const guessed: number[] = [];
  for (let row = 0; row < columns.count; row++) {
    ends[row] = clientByHandshake(columns.facts(row));
    if (ends[row] === UNKNOWN) guessed.push(row);
    else addRow(grouping, columns, row, ends[row]!);
  }
  const rowRoles = new Roles(columns, addresses, hints, grouping.servers(addresses));
  for (const row of guessed) {
    ends[row] = rowRoles.clientOf(row);
    addRow(grouping, columns, row, ends[row]!);
  }
  return grouping;
}

function addRow(grouping: SessionGrouping, { words }: SessionColumns, row: number, end: number): void {
  const word = row << WORDS_SHIFT;
  const facts = words[word + FACTS]!;
  const family = facts & V6 ? 6 : 4;
  const left = words[word + LEFT]! >>> 0;
  const right = words[word + RIGHT]! >>> 0;
  const pair = words[word + PORTS]!;
  const isAttempt = (facts & MIDSTREAM) === 0;
  if (end === UNKNOWN) grouping.addUnknown(row);
  else if (end === RIGHT_END) grouping.add(row, family, right, left, pair >>> 16, isAttempt);
  else grouping.add(row, family, left, right, pair & 0xffff, isAttempt);
}

/** The two ends of sessions whose client is not known, as address ids; these are the last rows. */
function unknownEnds({ count, words }: SessionColumns, addresses: Addresses, known: number, placeOf: Int32Array) {
  const ends = { left: new Uint32Array(count - known), right: new Uint32Array(count - known) };
  for (let row = 0; known < count && row < count; row++) {
    const place = placeOf[row]! - known;
    if (place < 0) continue;
    const word = row << WORDS_SHIFT;
    const family = words[word + FACTS]! & V6 ? 6 : 4;
    ends.left[place] = addresses.idOf(family, words[word + LEFT]! >>> 0);
    ends.right[place] = addresses.idOf(family, words[word + RIGHT]! >>> 0);
  }
  return ends;
}

/**
 * A capture filter that kept SYN, FIN and RST alone: what only an ACK or payload shows cannot be seen. Where every
 * attempt failed there is nothing to acknowledge: such a capture lacks nothing.
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
