import * as tcp from '../segment/segment.ts';
import type { TupleSegment } from '../segment/segment-block.ts';
import { answerBits, isOver, otherSide, side } from './row-facts.ts';
import * as layout from './row-layout.ts';
import * as sequence from './sequence.ts';
import { acknowledges, isNear } from './sequence.ts';
import type { SessionColumns } from './session-columns.ts';
import * as sessions from './sessions.ts';

const { ANSWERED, CHALLENGE_PENDING, EITHER_RST, HANDSHAKE, MIDSTREAM, REFUSAL, SEEN_LEFT, SYN_ACK_LEFT } = layout;
const { SYN_ACK_IN_VAIN, SYN_LEFT } = layout;
const { ACK, FIN } = tcp;
const { NEAR } = sequence;
const { ACCEPTED, CHALLENGED } = sessions;

/** A SYN may come this much after the SYN-ACK that answers it: packets swap places in a capture. */
const SWAP_NANOSECONDS = 1e9;

/**
 * A SYN that comes as late as the first retransmission may (after 3 s at most) is still that of a short session: a copy from
 * another place of the network, or from a capture whose clock is off. Nobody accepts the same ISN again so soon.
 */
const COPY_NANOSECONDS = 3e9;

/** The same ISN is the same attempt, unless its handshake was completed and the session is over since. */
export function repeatsAttempt(
  columns: SessionColumns,
  row: number,
  segment: TupleSegment,
  fromLeft: boolean,
): boolean {
  const facts = columns.facts(row);
  if ((facts & side(fromLeft, SYN_LEFT)) === 0 || ((columns.isn(row) - segment.seq) | 0) !== 0) return false;
  return (facts & HANDSHAKE) === 0 || !isOver(facts) || segment.time - columns.start[row]! <= COPY_NANOSECONDS;
}

/** The attempt goes on, also after a RST: Windows sends the SYN again. */
export function repeatAttempt(columns: SessionColumns, row: number): void {
  const facts = columns.facts(row);
  if ((facts & HANDSHAKE) === 0) columns.setFacts(row, facts & ~(REFUSAL | EITHER_RST));
}

/** The session began with a SYN-ACK that answers just this SYN. */
export function explainsSynAck(
  columns: SessionColumns,
  row: number,
  segment: TupleSegment,
  fromLeft: boolean,
): boolean {
  const facts = columns.facts(row);
  if ((facts & MIDSTREAM) === 0 || (facts & otherSide(fromLeft, SYN_ACK_LEFT)) === 0) return false;
  return ((columns.isn(row) - segment.seq) | 0) === 0 && segment.time - columns.start[row]! <= SWAP_NANOSECONDS;
}

/** A midstream session turns out to be this SYN's attempt. */
export function becomeAttempt(columns: SessionColumns, row: number, segment: TupleSegment, fromLeft: boolean): void {
  const facts = columns.facts(row);
  const clientSpoke = (facts & side(fromLeft, SEEN_LEFT)) !== 0;
  const kept = clientSpoke ? facts & ~MIDSTREAM : facts & ~(MIDSTREAM | HANDSHAKE);
  columns.setFacts(row, kept | side(fromLeft, SYN_LEFT) | answerBits(ACCEPTED));
  columns.start[row] = segment.time;
  columns.firstFrame[row] = segment.frame;
  columns.capture[row] = segment.capture;
  if (!clientSpoke) columns.setNext(row, fromLeft, segment.seq + 1);
}

/** The SYN-ACK with the acknowledgment number that the SYN asks for. */
export function acceptSyn(columns: SessionColumns, row: number, segment: TupleSegment, fromLeft: boolean): void {
  const facts = columns.facts(row);
  const seen = side(fromLeft, SYN_ACK_LEFT);
  if (facts & seen) {
    if ((facts & HANDSHAKE) === 0) columns.setFacts(row, facts | SYN_ACK_IN_VAIN);
    return;
  }
  const undone = facts & HANDSHAKE ? CHALLENGE_PENDING | REFUSAL : CHALLENGE_PENDING | REFUSAL | EITHER_RST;
  columns.setFacts(row, withAnswer(facts & ~undone, ACCEPTED) | seen);
  // Where packets changed places the handshake is done already, and this end may have sent more since.
  const first = (facts & HANDSHAKE) === 0 || (facts & side(fromLeft, SEEN_LEFT)) === 0;
  if (first) columns.setNext(row, fromLeft, segment.seq + 1);
}

/** Whether a segment without SYN shows that the handshake of an attempt was completed. */
export function completesHandshake(isn: number, segment: TupleSegment, ofClient: boolean): boolean {
  if ((segment.flags & ACK) === 0) return false;
  if (ofClient) return isNear(isn + 1, segment.seq);
  const ahead = (segment.ack - isn) | 0;
  if (ahead > NEAR) return false;
  return ahead >= 2 || (ahead === 1 && (segment.length > 0 || (segment.flags & FIN) !== 0));
}

export function completeHandshake(columns: SessionColumns, row: number): void {
  const undone = REFUSAL | EITHER_RST | CHALLENGE_PENDING | SYN_ACK_IN_VAIN;
  columns.setFacts(row, (columns.facts(row) & ~undone) | HANDSHAKE);
  columns.closed[row] = Number.NaN;
}

/**
 * RFC 5961 section 4: a host that still knows the earlier session answers the SYN with a bare ACK of its own numbers.
 * Its acknowledgment number is kept: the client's RST repeats it.
 */
export function noteChallenge(columns: SessionColumns, row: number, segment: TupleSegment, fromLeft: boolean): void {
  if (segment.length > 0 || segment.flags & FIN || acknowledges(columns.isn(row), segment.ack)) return;
  columns.setFacts(row, withAnswer(columns.facts(row), CHALLENGED) | CHALLENGE_PENDING);
  columns.setNext(row, fromLeft, segment.ack);
}

/** Only the first answer to a SYN counts. */
export function withAnswer(facts: number, answer: number): number {
  return facts & ANSWERED ? facts : facts | answerBits(answer);
}
