import * as tcp from '../segment/segment.ts';
import type { TupleSegment } from '../segment/segment-block.ts';
import { withAnswer } from './handshake.ts';
import { otherSide, side } from './row-facts.ts';
import * as layout from './row-layout.ts';
import { isNear } from './sequence.ts';
import type { SessionColumns } from './session-columns.ts';
import * as sessions from './sessions.ts';

const { BOTH_FIN, CHALLENGE_PENDING, CLOSE_ACKED, EITHER_RST, FIN_LEFT, FIN_UNSEEN } = layout;
const { REFUSAL, REPLACED, RIGHT_CLOSED_FIRST, RST_LEFT, SEEN_LEFT, SYN_ACK_IN_VAIN, SYN_ACK_LEFT } = layout;
const { ACK, FIN } = tcp;
const { REFUSED_ANSWER } = sessions;

/** The end that sends the segment sends its first FIN. */
function closeEnd(columns: SessionColumns, row: number, segment: TupleSegment, fromLeft: boolean): void {
  const facts = columns.facts(row) | side(fromLeft, FIN_LEFT);
  if ((facts & BOTH_FIN) !== BOTH_FIN) {
    const unseen = segment.flags & ACK && ((segment.ack - columns.next(row, !fromLeft)) | 0) > 0;
    if (unseen) columns.unseenAtFin.set(row, segment.ack);
    columns.setFacts(row, fromLeft ? facts : facts | RIGHT_CLOSED_FIRST);
    columns.closed[row] = segment.time;
    return;
  }
  columns.setFacts(row, wasSentFirst(columns, row, segment) ? facts ^ RIGHT_CLOSED_FIRST : facts);
  if (!(columns.closed[row]! > segment.time)) columns.closed[row] = segment.time;
}

/** Packets change places in a capture: the FIN that comes second was first where the other one acknowledges it. */
function wasSentFirst(columns: SessionColumns, row: number, segment: TupleSegment): boolean {
  if (columns.unseenAtFin.size > 0) {
    const acknowledged = columns.unseenAtFin.get(row);
    if (acknowledged !== undefined) {
      columns.unseenAtFin.delete(row);
      return ((segment.seq + segment.length + 1 - acknowledged) | 0) <= 0;
    }
  }
  return segment.time < columns.closed[row]!;
}

/** The close is the acknowledgment of the later of the two FINs: it comes from the end that closed first. */
export function noteLastAck(columns: SessionColumns, row: number, segment: TupleSegment, fromLeft: boolean): void {
  const facts = columns.facts(row);
  if (facts & (CLOSE_ACKED | EITHER_RST | REPLACED) || (segment.flags & ACK) === 0) return;
  const leftClosedFirst = (facts & RIGHT_CLOSED_FIRST) === 0;
  if (leftClosedFirst !== fromLeft || ((segment.ack - columns.next(row, !fromLeft)) | 0) < 0) return;
  columns.setFacts(row, facts | CLOSE_ACKED);
  columns.closed[row] = segment.time;
}

/** A FIN of a session that is over: it only came late, or it is a repetition. */
export function noteLateFin(columns: SessionColumns, row: number): void {
  columns.setFacts(row, columns.facts(row) & ~FIN_UNSEEN);
}

/**
 * In window by RFC 9293 3.10.7.4, as far as a capture can tell: near what this end sent last, or acknowledging what the
 * other end sent last.
 */
export function isRstInWindow(columns: SessionColumns, row: number, segment: TupleSegment, fromLeft: boolean): boolean {
  const facts = columns.facts(row);
  if ((facts & side(fromLeft, SEEN_LEFT)) === 0 || isNear(columns.next(row, fromLeft), segment.seq)) return true;
  if ((segment.flags & ACK) === 0 || (facts & otherSide(fromLeft, SEEN_LEFT)) === 0) return false;
  return isNear(columns.next(row, !fromLeft), segment.ack);
}

export function reset(columns: SessionColumns, row: number, segment: TupleSegment, fromLeft: boolean): void {
  columns.setFacts(row, columns.facts(row) | side(fromLeft, RST_LEFT));
  columns.closed[row] = segment.time;
}

/** The client's RST repeats the acknowledgment number of a challenge ACK: it is meant for the session before. */
export function answersChallenge(
  columns: SessionColumns,
  row: number,
  segment: TupleSegment,
  fromLeft: boolean,
): boolean {
  return (columns.facts(row) & CHALLENGE_PENDING) !== 0 && ((segment.seq - columns.next(row, !fromLeft)) | 0) === 0;
}

/** Ends the session before; where the SYN took its place already, the time of its close stays unknown. */
export function resetEarlier(columns: SessionColumns, row: number, fromLeft: boolean): void {
  columns.setFacts(row, columns.facts(row) & ~CHALLENGE_PENDING);
  const earlier = columns.previous[row]!;
  if (earlier < 0) return;
  const facts = columns.facts(earlier);
  if ((facts & BOTH_FIN) !== BOTH_FIN && (facts & EITHER_RST) === 0) {
    columns.setFacts(earlier, facts | side(fromLeft, RST_LEFT));
  }
}

/** The client's RST on its own attempt; a host that wants no connection answers the SYN-ACK without ACK (RFC 9293 3.10.7.1). */
export function giveUp(columns: SessionColumns, row: number, segment: TupleSegment, fromLeft: boolean): void {
  reset(columns, row, segment, fromLeft);
  const facts = columns.facts(row);
  const bare = (segment.flags & ACK) === 0 && ((segment.seq - columns.isn(row)) | 0) === 1;
  if (bare && facts & otherSide(fromLeft, SYN_ACK_LEFT)) columns.setFacts(row, facts | SYN_ACK_IN_VAIN);
}

/** The remote's RST: a refusal before its SYN-ACK; after it the attempt stays half-open. */
export function refuse(columns: SessionColumns, row: number, segment: TupleSegment, fromLeft: boolean): void {
  reset(columns, row, segment, fromLeft);
  const facts = columns.facts(row);
  if ((facts & side(fromLeft, SYN_ACK_LEFT)) === 0) columns.setFacts(row, withAnswer(facts, REFUSED_ANSWER) | REFUSAL);
}

/**
 * Whether the other end's FIN is missing from the capture: while a session closes, an acknowledgment of one octet more
 * than that end is known to have sent is that of its FIN.
 */
function acknowledgesUnseenFin(
  columns: SessionColumns,
  row: number,
  segment: TupleSegment,
  fromLeft: boolean,
): boolean {
  const facts = columns.facts(row);
  const closing = (facts & BOTH_FIN) !== 0 || (segment.flags & FIN) !== 0;
  const other = facts & (otherSide(fromLeft, FIN_LEFT) | otherSide(fromLeft, SEEN_LEFT));
  if (!closing || (segment.flags & ACK) === 0 || other !== otherSide(fromLeft, SEEN_LEFT)) return false;
  return ((segment.ack - columns.next(row, !fromLeft)) | 0) === 1;
}

function noteUnseenFin(columns: SessionColumns, row: number, segment: TupleSegment, fromLeft: boolean): void {
  const facts = columns.facts(row);
  const rightFirst = (facts & BOTH_FIN) === 0 && fromLeft ? RIGHT_CLOSED_FIRST : 0;
  columns.setFacts(row, facts | FIN_UNSEEN | rightFirst | otherSide(fromLeft, FIN_LEFT));
  columns.setNext(row, !fromLeft, segment.ack);
  columns.closed[row] = segment.time;
  noteLastAck(columns, row, segment, fromLeft);
}

/** Payload and FIN of a session whose handshake is done. */
export function deliver(columns: SessionColumns, row: number, segment: TupleSegment, fromLeft: boolean): void {
  const seen = (columns.facts(row) & side(fromLeft, SEEN_LEFT)) !== 0;
  const fin = segment.flags & FIN;
  const { length } = segment;
  if (acknowledgesUnseenFin(columns, row, segment, fromLeft)) noteUnseenFin(columns, row, segment, fromLeft);
  if (seen && length === 0 && fin === 0) return;
  const end = segment.seq + length + fin;
  if (!seen || ((end - columns.next(row, fromLeft)) | 0) > 0) {
    columns.setNext(row, fromLeft, end);
    if (length > 0) columns.newPayload(row, segment.time);
  }
  if (fin !== 0 && (columns.facts(row) & side(fromLeft, FIN_LEFT)) === 0) closeEnd(columns, row, segment, fromLeft);
}
