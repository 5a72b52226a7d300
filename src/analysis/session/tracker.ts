import * as tcp from '../segment/segment.ts';
import { type SegmentBlock, TupleSegment } from '../segment/segment-block.ts';
import type { HostActivity } from './activity.ts';
import {
  answersChallenge,
  continueOpen,
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
import { ProcessVotes } from './process-votes.ts';
import { earlierEstablished, establishedState } from './reuse.ts';
import { isOver, otherSide, previousStateBits, side, withSynCopy } from './row-facts.ts';
import * as layout from './row-layout.ts';
import { acknowledges, isNear } from './sequence.ts';
import { SessionColumns } from './session-columns.ts';
import * as sessions from './sessions.ts';
import { MAX_TOUCHED, TupleIndex } from './tuple-index.ts';

const { CHALLENGE_PENDING, HANDSHAKE, MIDSTREAM, REPLACED, SEEN_LEFT, SYN_ACK_LEFT, SYN_LEFT, V6 } = layout;
const { ACK, FIN, RST, SYN } = tcp;
const { SILENT } = sessions;

/**
 * Turns segments into sessions by the model of RFC 9293 as a capture shows it. Every segment is given to one session
 * of its four-tuple: the newest, the one before it, or a new one.
 */
export class SessionTracker {
  readonly columns: SessionColumns;
  readonly activity: HostActivity;
  /** Packets that were copies of one already seen. */
  duplicates = 0;
  /** A segment with payload, or with nothing but an acknowledgment, was seen: the capture is not of flags only. */
  plainSegmentSeen = false;
  /** Null where no packet names a process. */
  votes: ProcessVotes | null = null;
  readonly #v4: TupleIndex;
  readonly #v6: TupleIndex;
  readonly #segment = new TupleSegment();

  constructor(expectedSessions: number, activity: HostActivity) {
    this.columns = new SessionColumns(expectedSessions);
    this.#v4 = new TupleIndex(this.columns, expectedSessions);
    this.#v6 = new TupleIndex(this.columns, 0);
    this.activity = activity;
  }

  /** Takes the next segments, in their order. */
  track(block: SegmentBlock): void {
    const segment = this.#segment;
    for (let from = 0; from < block.count; from += MAX_TOUCHED) {
      const to = Math.min(block.count, from + MAX_TOUCHED);
      this.#v4.touch(block, from, to);
      for (let index = from; index < to; index++) {
        block.get(index, segment);
        this.#accept(segment);
      }
    }
  }

  #accept(segment: TupleSegment): void {
    const { fromLeft } = segment;
    const newest = (segment.v6 ? this.#v6 : this.#v4).find(segment);
    this.activity.tick(segment.time);
    if (segment.isCopy) {
      this.#countCopy(newest, segment);
      return;
    }
    if (newest >= 0 && continueOpen(this.columns, newest, segment, fromLeft)) {
      this.plainSegmentSeen = true;
      this.#count(newest, segment, fromLeft);
      return;
    }
    const owner = this.#assign(newest, segment, fromLeft);
    if (owner >= 0) this.#count(owner, segment, fromLeft);
  }

  #count(row: number, segment: TupleSegment, fromLeft: boolean): void {
    const end = this.columns.countSegment(row, segment, fromLeft);
    if (segment.time > end) this.activity.note(this.columns, row, end, segment.time);
    if (segment.process !== 0) this.#vote(row, segment);
  }

  #vote(row: number, segment: TupleSegment): void {
    this.votes ??= new ProcessVotes();
    this.votes.note(row, segment, this.columns.synPackets[row]!);
  }

  /** Changes the state of the session that the segment belongs to, and tells which that is; -1 for none. */
  #assign(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const { flags } = segment;
    if (flags & SYN)
      return flags & ACK ? this.#onSynAck(newest, segment, fromLeft) : this.#onSyn(newest, segment, fromLeft);
    if (flags & RST) return newest < 0 ? -1 : this.#onRst(newest, segment, fromLeft);
    if (segment.length > 0 || (flags & FIN) === 0) this.plainSegmentSeen = true;
    return newest < 0 ? this.#openMidstream(newest, segment, fromLeft) : this.#onAck(newest, segment, fromLeft);
  }

  #onSyn(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const { columns } = this;
    if (newest >= 0) {
      if (repeatsAttempt(columns, newest, segment, fromLeft)) {
        repeatAttempt(columns, newest);
        return newest;
      }
      if (explainsSynAck(columns, newest, segment, fromLeft)) {
        becomeAttempt(columns, newest, segment, fromLeft);
        return newest;
      }
    }
    const row = this.#open(newest, segment, fromLeft, side(fromLeft, SYN_LEFT));
    columns.setIsn(row, segment.seq);
    columns.setNext(row, fromLeft, segment.seq + 1);
    return row;
  }

  #onSynAck(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const { columns } = this;
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
    const { columns } = this;
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
    const { columns } = this;
    if (answersChallenge(columns, newest, segment, fromLeft)) {
      resetEarlier(columns, newest, fromLeft);
      return columns.previous[newest]! >= 0 ? columns.previous[newest]! : newest;
    }
    if (isNear(columns.isn(newest), segment.seq)) giveUp(columns, newest, segment, fromLeft);
    return newest;
  }

  /** A RST with ACK must acknowledge the SYN; one without may still be of the session before. */
  #refusesSyn(newest: number, segment: TupleSegment, fromLeft: boolean): boolean {
    if (segment.flags & ACK) return acknowledges(this.columns.isn(newest), segment.ack);
    return !this.#belongsToEarlier(newest, segment, fromLeft);
  }

  /** Any segment without SYN and RST. */
  #onAck(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const { columns } = this;
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
    const { columns } = this;
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
    const { columns } = this;
    return (columns.facts(row) & side(fromLeft, SEEN_LEFT)) === 0 || isNear(columns.next(row, fromLeft), segment.seq);
  }

  /** Late packets of the session before: near its numbers, and not near those of the newest. */
  #belongsToEarlier(newest: number, segment: TupleSegment, fromLeft: boolean): boolean {
    const { columns } = this;
    const seen = side(fromLeft, SEEN_LEFT);
    if ((columns.facts(newest) & seen) !== 0 && isNear(columns.next(newest, fromLeft), segment.seq)) return false;
    const earlier = columns.previous[newest]!;
    if (earlier < 0 || (columns.facts(earlier) & seen) === 0) return false;
    return isNear(columns.next(earlier, fromLeft), segment.seq);
  }

  #openMidstream(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const row = this.#open(newest, segment, fromLeft, MIDSTREAM | HANDSHAKE);
    this.columns.setIsn(row, segment.seq);
    deliver(this.columns, row, segment, fromLeft);
    return row;
  }

  #openSynAck(newest: number, segment: TupleSegment, fromLeft: boolean): number {
    const row = this.#open(newest, segment, fromLeft, MIDSTREAM | HANDSHAKE | side(fromLeft, SYN_ACK_LEFT));
    // The ISN that this SYN-ACK answers: a SYN that comes late is known by it.
    this.columns.setIsn(row, segment.ack - 1);
    this.columns.setNext(row, fromLeft, segment.seq + 1);
    return row;
  }

  #open(newest: number, segment: TupleSegment, fromLeft: boolean, facts: number): number {
    const { columns } = this;
    const { v6 } = segment;
    const row = columns.add(segment.left, segment.right, segment.ports, facts | (v6 ? V6 : 0));
    (v6 ? this.#v6 : this.#v4).put(row, newest, segment.hash);
    columns.begin(row, segment);
    columns.before[row] = newest;
    if (newest >= 0) this.#follow(row, newest, fromLeft);
    return row;
  }

  /** Links the new session to the one it is measured against, which is over from now on. */
  #follow(row: number, newest: number, fromLeft: boolean): void {
    const { columns } = this;
    const earlier = earlierEstablished(columns, newest, side(fromLeft, SYN_LEFT));
    if (earlier < 0) return;
    columns.previous[row] = earlier;
    const facts = columns.facts(earlier);
    columns.setFacts(row, columns.facts(row) | previousStateBits(establishedState(facts, fromLeft)));
    if (isOver(facts)) return;
    columns.setFacts(earlier, facts | REPLACED);
    columns.closed[earlier] = Number.NaN;
  }

  /** A copy changes no session, but packets and SYNs are reported as they are in the file; it alone may name a process. */
  #countCopy(row: number, segment: TupleSegment): void {
    this.duplicates++;
    if (row < 0) return;
    this.columns.countCopy(row, segment);
    if (segment.process !== 0) this.#vote(row, segment);
    if ((segment.flags & (SYN | ACK)) !== SYN || this.columns.synPackets[row]! === 0) return;
    this.columns.countSyn(row);
    this.columns.setFacts(row, withSynCopy(this.columns.facts(row)));
  }
}
