import * as block from '../segment/block-layout.ts';
import * as tcp from '../segment/segment.ts';
import type { TupleSegment } from '../segment/segment-block.ts';
import {
  answersChallenge,
  deliver,
  giveUp,
  isRstInWindow,
  noteLastAck,
  noteLateFin,
  refuse,
  reset,
  resetEarlier,
} from './closing.ts';
import {
  acceptSyn,
  becomeAttempt,
  completeHandshake,
  completesHandshake,
  explainsSynAck,
  noteChallenge,
  repeatAttempt,
  repeatsAttempt,
  withAnswer,
} from './handshake.ts';
import { follow } from './reuse.ts';
import { isOver, otherSide, side } from './row-facts.ts';
import * as layout from './row-layout.ts';
import * as sequence from './sequence.ts';
import { acknowledges, isNear } from './sequence.ts';
import type { SessionColumns } from './session-columns.ts';
import * as sessions from './sessions.ts';
import type { TupleIndex } from './tuple-index.ts';

const { FROM_LEFT, LENGTH, PLACE, SEQ } = block;
const { BOTH_FIN, CHALLENGE_PENDING, EITHER_RST, FACTS, HANDSHAKE, MIDSTREAM, NEXT_LEFT, REPLACED } = layout;
const { SEEN_LEFT, SYN_ACK_LEFT, SYN_LEFT, V6, WORDS_SHIFT } = layout;
const { ACK, FIN, RST, SYN } = tcp;
const { NEAR } = sequence;
const { SILENT } = sessions;

const NOT_OPEN = BOTH_FIN | EITHER_RST | REPLACED;

/**
 * What a segment does to the sessions of its four-tuple, by the model of RFC 9293 as a capture shows it. It is given to
 * one of them: the newest, the one before it, or a new one.
 */
export class SessionStates {
  /** A segment with payload, or with nothing but an acknowledgment, was seen: the capture is not of flags only. */
  plainSegmentSeen = false;
  readonly #columns: SessionColumns;
  readonly #v4: TupleIndex;
  readonly #v6: TupleIndex;

  constructor(columns: SessionColumns, v4: TupleIndex, v6: TupleIndex) {
    this.#columns = columns;
    this.#v4 = v4;
    this.#v6 = v6;
  }

  /**
   * The plain case, which needs no `TupleSegment`: payload, or a bare acknowledgment, that goes on where its end of an
   * open session stopped. `at` is where the segment's words begin. False where it is not that; then nothing was changed.
   */
  goesOn(row: number, words: Int32Array, at: number, time: number): boolean {
    const columns = this.#columns;
    const rows = columns.words;
    const right = ~words[at + PLACE]! & FROM_LEFT;
    const word = row << WORDS_SHIFT;
    const open = HANDSHAKE | (SEEN_LEFT << right);
    if ((rows[word + FACTS]! & (open | NOT_OPEN)) !== open) return false;
    const next = word + NEXT_LEFT + right;
    const seq = words[at + SEQ]!;
    const ahead = (seq - rows[next]!) | 0;
    if (ahead >= NEAR || ahead <= -NEAR) return false;
    const length = words[at + LENGTH]!;
    if (length !== 0 && ((ahead + length) | 0) > 0) {
      rows[next] = seq + length;
      columns.newPayload(row, time);
    }
    this.plainSegmentSeen = true;
    return true;
  }

  /** Changes the state of the session that the segment belongs to, and tells which that is; -1 for none. */
  assign(newest: number, segment: TupleSegment): number {
    const { flags, fromLeft } = segment;
    if (flags & SYN)
      return flags & ACK ? this.#onSynAck(newest, segment, fromLeft) : this.#onSyn(newest, segment, fromLeft);
    if (flags & RST) return newest < 0 ? -1 : this.#onRst(newest, segment, fromLeft);
    if (segment.length > 0 || (flags & FIN) === 0) this.plainSegmentSeen = true;
    return newest < 0 ? this.#openMidstream(newest, segment, fromLeft) : this.#onAck(newest, segment, fromLeft);
  }

  #onSyn(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const columns = this.#columns;
    if (newest >= 0) {
      if (repeatsAttempt(columns, newest, segment, fromLeft)) {
        repeatAttempt(columns, newest);
        columns.countSyn(newest);
        return newest;
      }
      if (explainsSynAck(columns, newest, segment, fromLeft)) {
        becomeAttempt(columns, newest, segment, fromLeft);
        columns.countSyn(newest);
        return newest;
      }
    }
    const row = this.#open(newest, segment, fromLeft, side(fromLeft, SYN_LEFT));
    columns.setIsn(row, segment.seq);
    columns.setNext(row, fromLeft, segment.seq + 1);
    columns.countSyn(row);
    return row;
  }

  #onSynAck(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const columns = this.#columns;
    if (newest < 0) return this.#openSynAck(newest, segment, fromLeft);
    const facts = columns.facts(newest);
    const attempted = (facts & otherSide(fromLeft, SYN_LEFT)) !== 0;
    if (attempted && ((segment.ack - columns.isn(newest)) | 0) === 1) {
      acceptSyn(columns, newest, segment, fromLeft);
      return newest;
    }
    if (isOver(facts) && !this.#continues(newest, segment, fromLeft))
      return this.#openSynAck(newest, segment, fromLeft);
    if (!attempted) {
      columns.setFacts(newest, facts | side(fromLeft, SYN_ACK_LEFT));
      return newest;
    }
    if (this.#belongsToEarlier(newest, segment, fromLeft)) return columns.previous[newest]!;
    if ((facts & (CHALLENGE_PENDING | HANDSHAKE)) === 0) columns.setFacts(newest, withAnswer(facts, SILENT));
    return newest;
  }

  #onRst(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const columns = this.#columns;
    const facts = columns.facts(newest);
    if (isOver(facts)) return newest;
    if (facts & HANDSHAKE) {
      if (this.#belongsToEarlier(newest, segment, fromLeft)) return columns.previous[newest]!;
      if (isRstInWindow(columns, newest, segment, fromLeft)) reset(columns, newest, segment, fromLeft);
      return newest;
    }
    if (facts & side(fromLeft, SYN_LEFT)) return this.#rstOfClient(newest, segment, fromLeft);
    if (!this.#refusesSyn(newest, segment, fromLeft)) {
      return columns.previous[newest]! >= 0 ? columns.previous[newest]! : newest;
    }
    refuse(columns, newest, segment, fromLeft);
    return newest;
  }

  /** A client's RST answers a challenge ACK and ends the session before, or it gives its own attempt up. */
  #rstOfClient(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const columns = this.#columns;
    if (answersChallenge(columns, newest, segment, fromLeft)) {
      resetEarlier(columns, newest, fromLeft);
      return columns.previous[newest]! >= 0 ? columns.previous[newest]! : newest;
    }
    if (isNear(columns.isn(newest), segment.seq)) giveUp(columns, newest, segment, fromLeft);
    return newest;
  }

  /** A RST with ACK must acknowledge the SYN; one without may still be of the session before. */
  #refusesSyn(newest: number, segment: TupleSegment, fromLeft: boolean): boolean {
    if (segment.flags & ACK) return acknowledges(this.#columns.isn(newest), segment.ack);
    return !this.#belongsToEarlier(newest, segment, fromLeft);
  }

  /** Any segment without SYN and RST. */
  #onAck(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const columns = this.#columns;
    const facts = columns.facts(newest);
    if ((facts & HANDSHAKE) === 0) return this.#onAckOfAttempt(newest, segment, fromLeft);
    if (isOver(facts)) {
      if (segment.length > 0 && !this.#continues(newest, segment, fromLeft)) {
        return this.#openMidstream(newest, segment, fromLeft);
      }
      if (segment.flags & FIN) noteLateFin(columns, newest);
      noteLastAck(columns, newest, segment, fromLeft);
      return newest;
    }
    if (this.#belongsToEarlier(newest, segment, fromLeft)) return columns.previous[newest]!;
    deliver(columns, newest, segment, fromLeft);
    return newest;
  }

  #onAckOfAttempt(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const columns = this.#columns;
    const isn = columns.isn(newest);
    const ofClient = (columns.facts(newest) & side(fromLeft, SYN_LEFT)) !== 0;
    if (completesHandshake(isn, segment, ofClient)) {
      completeHandshake(columns, newest);
      deliver(columns, newest, segment, fromLeft);
      return newest;
    }
    if (!ofClient && acknowledges(isn, segment.ack)) return newest;
    const ofEarlier = this.#belongsToEarlier(newest, segment, fromLeft);
    if (!ofEarlier && segment.length > 0) return this.#openMidstream(newest, segment, fromLeft);
    if (!ofClient) noteChallenge(columns, newest, segment, fromLeft);
    return ofEarlier ? columns.previous[newest]! : newest;
  }

  /** Whether the segment's numbers go on where this end of the session stopped. */
  #continues(row: number, segment: TupleSegment, fromLeft: boolean): boolean {
    const columns = this.#columns;
    return (columns.facts(row) & side(fromLeft, SEEN_LEFT)) === 0 || isNear(columns.next(row, fromLeft), segment.seq);
  }

  /** Late packets of the session before: near its numbers, and not near those of the newest. */
  #belongsToEarlier(newest: number, segment: TupleSegment, fromLeft: boolean): boolean {
    const columns = this.#columns;
    const seen = side(fromLeft, SEEN_LEFT);
    if ((columns.facts(newest) & seen) !== 0 && isNear(columns.next(newest, fromLeft), segment.seq)) return false;
    const earlier = columns.previous[newest]!;
    if (earlier < 0 || (columns.facts(earlier) & seen) === 0) return false;
    return isNear(columns.next(earlier, fromLeft), segment.seq);
  }

  #openMidstream(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const row = this.#open(newest, segment, fromLeft, MIDSTREAM | HANDSHAKE);
    this.#columns.setIsn(row, segment.seq);
    deliver(this.#columns, row, segment, fromLeft);
    return row;
  }

  #openSynAck(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const row = this.#open(newest, segment, fromLeft, MIDSTREAM | HANDSHAKE | side(fromLeft, SYN_ACK_LEFT));
    // The ISN that this SYN-ACK answers: a SYN that comes late is known by it.
    this.#columns.setIsn(row, segment.ack - 1);
    this.#columns.setNext(row, fromLeft, segment.seq + 1);
    return row;
  }

  #open(newest: number, segment: TupleSegment, fromLeft: boolean, facts: number): number {
    const columns = this.#columns;
    const { v6 } = segment;
    const row = columns.add(segment.left, segment.right, segment.ports, facts | (v6 ? V6 : 0));
    columns.begin(row, segment);
    columns.before[row] = newest;
    (v6 ? this.#v6 : this.#v4).put(row, newest, segment.hash);
    if (newest >= 0) follow(columns, row, newest, fromLeft);
    return row;
  }
}
