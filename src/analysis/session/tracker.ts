import { ACK, FIN, RST, type Segment, type SegmentSink, SYN } from '../segment/segment.ts';
import type { HostActivity } from './activity.ts';
import { DuplicateFilter } from './duplicate-filter.ts';
import { earlierEstablished, establishedState } from './reuse.ts';
import { acknowledges, isNear, NEAR } from './sequence.ts';
import {
  ACK_SEEN,
  answerBits,
  BOTH_FIN,
  BYTES,
  CAPTURE_STEP,
  CHALLENGE_PENDING,
  CLOSE_ACKED,
  EITHER_RST,
  END,
  FACTS,
  FIN_LEFT,
  HANDSHAKE,
  isOver,
  LAST_PAYLOAD,
  LAST_PLACE,
  MIDSTREAM,
  NEXT_LEFT,
  NEXT_RIGHT,
  NUMBERS_SHIFT,
  PACKETS,
  previousStateBits,
  REFUSAL,
  REPLACED,
  RIGHT_CLOSED_FIRST,
  RST_LEFT,
  SEEN_LEFT,
  SessionColumns,
  SYN_ACK_LEFT,
  SYN_LEFT,
  V6,
  WORDS_SHIFT,
  withSynCopy,
} from './session-columns.ts';
import { ACCEPTED, CHALLENGED, REFUSED_ANSWER, SILENT } from './sessions.ts';
import { TupleIndex, tupleHash } from './tuple-index.ts';

/** A SYN may come this much after the SYN-ACK that answers it: packets swap places in a capture (CONTRACT 1). */
const SWAP_NANOSECONDS = 1e9;
/** What the column can hold. */
const MAX_SYN_PACKETS = 0xffff;

/**
 * Turns segments into sessions by the model of RFC 9293 as a capture shows it. Every segment is given to one session
 * of its four-tuple: the newest, the one before it, or a new one.
 */
export class SessionTracker implements SegmentSink {
  readonly columns: SessionColumns;
  readonly activity: HostActivity;
  /** Packets that were copies of one already seen. */
  duplicates = 0;
  /** Segments with payload, and those that carry nothing but an acknowledgment: none of either means flags only. */
  payloadSegments = 0;
  bareAcks = 0;
  readonly #v4: TupleIndex;
  readonly #v6: TupleIndex;
  readonly #repeats = new DuplicateFilter();
  // The segment's place among the ends and in the index, for the time of one `accept`.
  #fromLeft = true;
  #hash = 0;
  #left = 0;
  #right = 0;
  #ports = 0;

  constructor(expectedSessions: number, activity: HostActivity) {
    this.columns = new SessionColumns(expectedSessions);
    this.#v4 = new TupleIndex(this.columns, expectedSessions);
    this.#v6 = new TupleIndex(this.columns, 0);
    this.activity = activity;
  }

  accept(segment: Segment): void {
    this.activity.tick(segment.time);
    const { source, destination, sourcePort, destinationPort } = segment;
    const fromLeft = source < destination || (source === destination && sourcePort < destinationPort);
    const left = (fromLeft ? source : destination) | 0;
    const right = (fromLeft ? destination : source) | 0;
    const ports = fromLeft ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort;
    const hash = tupleHash(left, right, ports);
    const index = segment.family === 6 ? this.#v6 : this.#v4;
    if (this.#repeats.isRepeat(segment, hash, fromLeft)) {
      this.#countCopy(index.find(left, right, ports, hash), segment);
      return;
    }
    this.#fromLeft = fromLeft;
    this.#left = left;
    this.#right = right;
    this.#ports = ports;
    this.#hash = hash;
    const owner = this.#assign(index.find(left, right, ports, hash), segment);
    if (owner >= 0) this.#count(owner, segment);
  }

  /** Changes the state of the session that the segment belongs to, and tells which that is; -1 for none. */
  #assign(newest: number, segment: Segment): number {
    const flags = segment.flags;
    if (flags & SYN) return flags & ACK ? this.#onSynAck(newest, segment) : this.#onSyn(newest, segment);
    if (flags & RST) return newest < 0 ? -1 : this.#onRst(newest, segment);
    if (segment.length > 0) this.payloadSegments++;
    else if ((flags & FIN) === 0) this.bareAcks++;
    if (newest < 0) return this.#deliver(this.#openMidstream(newest, segment), segment);
    return this.#onAck(newest, segment);
  }

  #onSyn(newest: number, segment: Segment): number {
    const { columns } = this;
    if (newest >= 0) {
      const facts = columns.facts(newest);
      if (this.#repeatsAttempt(newest, facts, segment)) {
        columns.setFacts(newest, facts & HANDSHAKE ? facts : facts & ~(REFUSAL | EITHER_RST));
        return newest;
      }
      if (this.#explainsSynAck(newest, facts, segment)) return this.#becomeAttempt(newest, facts, segment);
    }
    const row = this.#open(newest, segment, this.#side(SYN_LEFT));
    columns.setIsn(row, segment.seq);
    this.#setNext(row, segment.seq + 1);
    return row;
  }

  /** The same ISN is the same attempt, unless its handshake was completed and the session is over since. */
  #repeatsAttempt(row: number, facts: number, segment: Segment): boolean {
    if ((facts & this.#side(SYN_LEFT)) === 0 || ((this.columns.isn(row) - segment.seq) | 0) !== 0) return false;
    return (facts & HANDSHAKE) === 0 || !isOver(facts);
  }

  #explainsSynAck(row: number, facts: number, segment: Segment): boolean {
    if ((facts & MIDSTREAM) === 0 || (facts & this.#otherSide(SYN_ACK_LEFT)) === 0) return false;
    const { columns } = this;
    return ((columns.isn(row) - segment.seq) | 0) === 0 && segment.time - columns.start[row]! <= SWAP_NANOSECONDS;
  }

  #becomeAttempt(row: number, facts: number, segment: Segment): number {
    const { columns } = this;
    const clientSpoke = (facts & this.#side(SEEN_LEFT)) !== 0;
    const kept = clientSpoke ? facts & ~MIDSTREAM : facts & ~(MIDSTREAM | HANDSHAKE);
    columns.setFacts(row, kept | this.#side(SYN_LEFT) | answerBits(ACCEPTED));
    columns.start[row] = segment.time;
    columns.firstFrame[row] = segment.frame;
    columns.capture[row] = segment.capture;
    if (!clientSpoke) this.#setNext(row, segment.seq + 1);
    return row;
  }

  #onSynAck(newest: number, segment: Segment): number {
    const { columns } = this;
    if (newest < 0) return this.#openSynAck(newest, segment);
    const facts = columns.facts(newest);
    const attempted = (facts & this.#otherSide(SYN_LEFT)) !== 0;
    if (attempted && ((segment.ack - columns.isn(newest)) | 0) === 1) return this.#acceptSyn(newest, facts, segment);
    if (isOver(facts) && !this.#continues(newest, facts, segment)) return this.#openSynAck(newest, segment);
    if (!attempted) {
      columns.setFacts(newest, facts | this.#side(SYN_ACK_LEFT));
      return newest;
    }
    if (this.#belongsToEarlier(newest, segment)) return columns.previous[newest]!;
    if ((facts & (CHALLENGE_PENDING | HANDSHAKE)) === 0) columns.setFacts(newest, withAnswer(facts, SILENT));
    return newest;
  }

  #acceptSyn(row: number, facts: number, segment: Segment): number {
    const seen = this.#side(SYN_ACK_LEFT);
    if ((facts & seen) === 0) {
      const cleared = facts & ~(CHALLENGE_PENDING | REFUSAL | (facts & HANDSHAKE ? 0 : EITHER_RST));
      this.columns.setFacts(row, withAnswer(cleared, ACCEPTED) | seen);
      if ((facts & HANDSHAKE) === 0) this.#setNext(row, segment.seq + 1);
    }
    return row;
  }

  #openSynAck(newest: number, segment: Segment): number {
    const row = this.#open(newest, segment, MIDSTREAM | HANDSHAKE | this.#side(SYN_ACK_LEFT));
    // The ISN that this SYN-ACK answers: a SYN that comes late is known by it.
    this.columns.setIsn(row, segment.ack - 1);
    this.#setNext(row, segment.seq + 1);
    return row;
  }

  #onRst(newest: number, segment: Segment): number {
    const { columns } = this;
    const facts = columns.facts(newest);
    if (isOver(facts)) return newest;
    if (facts & HANDSHAKE) {
      if (this.#belongsToEarlier(newest, segment)) return columns.previous[newest]!;
      if (this.#rstAccepted(newest, facts, segment)) this.#reset(newest, segment);
      return newest;
    }
    return facts & this.#side(SYN_LEFT)
      ? this.#rstOfClient(newest, facts, segment)
      : this.#rstOfRemote(newest, segment);
  }

  /**
   * In window by RFC 9293 3.10.7.4, as far as a capture can tell: near what this end sent last, or acknowledging what
   * the other end sent last.
   */
  #rstAccepted(row: number, facts: number, segment: Segment): boolean {
    if ((facts & this.#side(SEEN_LEFT)) === 0 || isNear(this.#next(row), segment.seq)) return true;
    if ((segment.flags & ACK) === 0 || (facts & this.#otherSide(SEEN_LEFT)) === 0) return false;
    return isNear(this.#otherNext(row), segment.ack);
  }

  /** A client's RST answers a challenge ACK and ends the session before, or it gives its own attempt up. */
  #rstOfClient(newest: number, facts: number, segment: Segment): number {
    const { columns } = this;
    if (facts & CHALLENGE_PENDING && ((segment.seq - this.#otherNext(newest)) | 0) === 0) {
      columns.setFacts(newest, facts & ~CHALLENGE_PENDING);
      const earlier = columns.previous[newest]!;
      if (earlier < 0) return newest;
      const over = columns.facts(earlier);
      if ((over & (BOTH_FIN | EITHER_RST)) === 0 || (over & REPLACED && (over & EITHER_RST) === 0)) {
        columns.setFacts(earlier, over | this.#side(RST_LEFT));
      }
      return earlier;
    }
    if (isNear(columns.isn(newest), segment.seq)) this.#reset(newest, segment);
    return newest;
  }

  #rstOfRemote(newest: number, segment: Segment): number {
    const { columns } = this;
    const facts = columns.facts(newest);
    const acked = (segment.flags & ACK) !== 0;
    if (acked ? !acknowledges(columns.isn(newest), segment.ack) : this.#belongsToEarlier(newest, segment)) {
      return columns.previous[newest]! >= 0 ? columns.previous[newest]! : newest;
    }
    this.#reset(newest, segment);
    if ((facts & this.#side(SYN_ACK_LEFT)) === 0)
      columns.setFacts(newest, withAnswer(columns.facts(newest), REFUSED_ANSWER) | REFUSAL);
    return newest;
  }

  #reset(row: number, segment: Segment): void {
    this.columns.setFacts(row, this.columns.facts(row) | this.#side(RST_LEFT));
    this.columns.closed[row] = segment.time;
  }

  /** Any segment without SYN and RST. */
  #onAck(newest: number, segment: Segment): number {
    const { columns } = this;
    const facts = columns.facts(newest);
    if ((facts & HANDSHAKE) === 0) return this.#onAckOfAttempt(newest, facts, segment);
    if (isOver(facts)) {
      if (segment.length > 0 && !this.#continues(newest, facts, segment)) {
        return this.#deliver(this.#openMidstream(newest, segment), segment);
      }
      if ((facts & CLOSE_ACKED) === 0 && (facts & EITHER_RST) === 0) this.#closeIfAcknowledged(newest, facts, segment);
      return newest;
    }
    if (this.#belongsToEarlier(newest, segment)) return columns.previous[newest]!;
    return this.#deliver(newest, segment);
  }

  #onAckOfAttempt(newest: number, facts: number, segment: Segment): number {
    const ofClient = (facts & this.#side(SYN_LEFT)) !== 0;
    const completes = ofClient
      ? isNear(this.columns.isn(newest) + 1, segment.seq)
      : provesHandshake(this.columns.isn(newest), segment);
    if (completes) {
      this.columns.setFacts(newest, (facts & ~(REFUSAL | EITHER_RST | CHALLENGE_PENDING)) | HANDSHAKE);
      this.columns.closed[newest] = Number.NaN;
      return this.#deliver(newest, segment);
    }
    if (!ofClient && acknowledges(this.columns.isn(newest), segment.ack)) return newest;
    if (this.#belongsToEarlier(newest, segment)) {
      if (!ofClient) this.#challenge(newest, segment);
      return this.columns.previous[newest]!;
    }
    if (segment.length > 0) return this.#deliver(this.#openMidstream(newest, segment), segment);
    if (!ofClient) this.#challenge(newest, segment);
    return newest;
  }

  /** RFC 5961 section 4: a host that still knows the earlier session answers the SYN with an ACK of its own numbers. */
  #challenge(row: number, segment: Segment): void {
    if (segment.length > 0 || segment.flags & FIN) return;
    this.columns.setFacts(row, withAnswer(this.columns.facts(row), CHALLENGED) | CHALLENGE_PENDING);
    this.#setNext(row, segment.ack);
  }

  /** Payload and FIN of a session whose handshake is done. */
  #deliver(row: number, segment: Segment): number {
    const { columns } = this;
    const fin = segment.flags & FIN;
    if (segment.length === 0 && fin === 0 && (columns.facts(row) & this.#side(SEEN_LEFT)) !== 0) return row;
    const end = segment.seq + segment.length + fin;
    if ((columns.facts(row) & this.#side(SEEN_LEFT)) === 0 || ((end - this.#next(row)) | 0) > 0) {
      this.#setNext(row, end);
      if (segment.length > 0) this.#newPayload(row, segment.time);
    }
    if (fin !== 0 && (columns.facts(row) & this.#side(FIN_LEFT)) === 0) this.#close(row, segment);
    return row;
  }

  #newPayload(row: number, time: number): void {
    const { columns } = this;
    const at = (row << NUMBERS_SHIFT) + LAST_PAYLOAD;
    const last = columns.numbers[at]!;
    const pause = (time - (Number.isNaN(last) ? columns.start[row]! : last)) * 1e-9;
    if (pause > columns.longestPause[row]!) columns.longestPause[row] = pause;
    columns.numbers[at] = time;
  }

  #close(row: number, segment: Segment): void {
    let facts = this.columns.facts(row);
    if ((facts & BOTH_FIN) === 0 && !this.#fromLeft) facts |= RIGHT_CLOSED_FIRST;
    this.columns.setFacts(row, facts | this.#side(FIN_LEFT));
    this.columns.closed[row] = segment.time;
  }

  /** The close is the acknowledgment of the later of the two FINs: it comes from the end that closed first. */
  #closeIfAcknowledged(row: number, facts: number, segment: Segment): void {
    const leftClosedFirst = (facts & RIGHT_CLOSED_FIRST) === 0;
    if (leftClosedFirst !== this.#fromLeft || (segment.flags & ACK) === 0) return;
    if (((segment.ack - this.#otherNext(row)) | 0) < 0) return;
    this.columns.setFacts(row, facts | CLOSE_ACKED);
    this.columns.closed[row] = segment.time;
  }

  /** Whether the segment's numbers go on where this end of the session stopped. */
  #continues(row: number, facts: number, segment: Segment): boolean {
    return (facts & this.#side(SEEN_LEFT)) === 0 || isNear(this.#next(row), segment.seq);
  }

  /** Late packets of the session before: near its numbers, and not near those of the newest. */
  #belongsToEarlier(newest: number, segment: Segment): boolean {
    if ((this.columns.facts(newest) & this.#side(SEEN_LEFT)) !== 0 && isNear(this.#next(newest), segment.seq))
      return false;
    const earlier = this.columns.previous[newest]!;
    if (earlier < 0 || (this.columns.facts(earlier) & this.#side(SEEN_LEFT)) === 0) return false;
    return isNear(this.#next(earlier), segment.seq);
  }

  #openMidstream(newest: number, segment: Segment): number {
    const row = this.#open(newest, segment, MIDSTREAM | HANDSHAKE);
    this.columns.setIsn(row, segment.seq);
    return row;
  }

  #open(newest: number, segment: Segment, facts: number): number {
    const { columns } = this;
    const v6 = segment.family === 6;
    const row = columns.add(this.#left, this.#right, this.#ports, facts | (v6 ? V6 : 0));
    (v6 ? this.#v6 : this.#v4).put(row, newest, this.#hash);
    columns.start[row] = segment.time;
    columns.numbers[(row << NUMBERS_SHIFT) + END] = segment.time;
    columns.firstFrame[row] = segment.frame;
    columns.capture[row] = segment.capture;
    if (newest >= 0) this.#follow(row, newest);
    return row;
  }

  /** Links the new session to the one it is measured against, which is over from now on. */
  #follow(row: number, newest: number): void {
    const { columns } = this;
    const earlier = earlierEstablished(columns, newest, this.#side(SYN_LEFT));
    if (earlier < 0) return;
    columns.previous[row] = earlier;
    const facts = columns.facts(earlier);
    columns.setFacts(row, columns.facts(row) | previousStateBits(establishedState(facts, this.#fromLeft)));
    if (isOver(facts)) return;
    columns.setFacts(earlier, facts | REPLACED);
    columns.closed[earlier] = Number.NaN;
  }

  /** A copy is no packet of its own, but SYNs are reported as they are in the file, too. */
  #countCopy(row: number, segment: Segment): void {
    this.duplicates++;
    if (row < 0 || (segment.flags & (SYN | ACK)) !== SYN) return;
    const { columns } = this;
    if (columns.synPackets[row]! === 0 || columns.synPackets[row]! === MAX_SYN_PACKETS) return;
    columns.synPackets[row]!++;
    columns.setFacts(row, withSynCopy(columns.facts(row)));
  }

  #count(row: number, segment: Segment): void {
    const { columns } = this;
    const { words, numbers } = columns;
    const word = row << WORDS_SHIFT;
    const number = row << NUMBERS_SHIFT;
    const { time, flags } = segment;
    words[word + FACTS]! |= this.#side(SEEN_LEFT) | (flags & ACK ? ACK_SEEN : 0);
    words[word + PACKETS]!++;
    numbers[number + BYTES]! += segment.wireLength;
    numbers[number + LAST_PLACE] = segment.capture * CAPTURE_STEP + segment.frame;
    if ((flags & (SYN | ACK)) === SYN && columns.synPackets[row]! < MAX_SYN_PACKETS) columns.synPackets[row]!++;
    if (time > numbers[number + END]!) {
      this.activity.note(columns, row, time);
      numbers[number + END] = time;
    }
  }

  /** The bit of this segment's sender, given the left end's. */
  #side(leftBit: number): number {
    return this.#fromLeft ? leftBit : leftBit << 1;
  }

  #otherSide(leftBit: number): number {
    return this.#fromLeft ? leftBit << 1 : leftBit;
  }

  #next(row: number): number {
    return this.columns.words[(row << WORDS_SHIFT) + (this.#fromLeft ? NEXT_LEFT : NEXT_RIGHT)]!;
  }

  #otherNext(row: number): number {
    return this.columns.words[(row << WORDS_SHIFT) + (this.#fromLeft ? NEXT_RIGHT : NEXT_LEFT)]!;
  }

  #setNext(row: number, next: number): void {
    this.columns.words[(row << WORDS_SHIFT) + (this.#fromLeft ? NEXT_LEFT : NEXT_RIGHT)] = next;
  }
}

function withAnswer(facts: number, answer: number): number {
  return facts & answerBits(0) ? facts : facts | answerBits(answer);
}

/** From the remote: an acknowledgment beyond the SYN, or payload or FIN with one of the SYN (DOMAIN 4.0, established). */
function provesHandshake(isn: number, segment: Segment): boolean {
  if ((segment.flags & ACK) === 0) return false;
  const ahead = (segment.ack - isn) | 0;
  if (ahead > NEAR) return false;
  return ahead >= 2 || (ahead === 1 && (segment.length > 0 || (segment.flags & FIN) !== 0));
}
