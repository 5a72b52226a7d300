import * as block from '../segment/block-layout.ts';
import * as tcp from '../segment/segment.ts';
import { type SegmentBlock, TupleSegment } from '../segment/segment-block.ts';
import type { HostActivity } from './activity.ts';
import { ProcessVotes } from './process-votes.ts';
import { withSynCopy } from './row-facts.ts';
import * as layout from './row-layout.ts';
import { SessionColumns } from './session-columns.ts';
import { SessionStates } from './session-states.ts';
import { MAX_TOUCHED, TupleIndex } from './tuple-index.ts';

const { CAPTURE_SHIFT, COPY, FLAGS_SHIFT, FRAME, FROM_LEFT, HASH, LEFT, NAMED, PLACE, PORTS, RIGHT, V6 } = block;
const { WIRE_LENGTH, WORDS } = block;
const { ACK_SEEN, BYTES, DOUBLES_SHIFT, END, FACTS, LAST_FRAME, PACKETS, SEEN_LEFT, WORDS_SHIFT } = layout;
const { ACK, FIN, RST, SYN } = tcp;

const NOT_PLAIN = ((SYN | FIN | RST) << FLAGS_SHIFT) | COPY | NAMED;
/** How far `ACK_SEEN` stands above the flag that it tells of. */
const ACK_TO_SEEN = Math.log2(ACK_SEEN / (ACK << FLAGS_SHIFT));

/** Turns segments into sessions: finds the one that each belongs to, and counts it there. */
export class SessionTracker {
  readonly columns: SessionColumns;
  readonly activity: HostActivity;
  /** Packets that were copies of one already seen. */
  duplicates = 0;
  /** Null where no packet names a process. */
  votes: ProcessVotes | null = null;
  readonly #v4: TupleIndex;
  readonly #v6: TupleIndex;
  readonly #states: SessionStates;
  readonly #segment = new TupleSegment();

  constructor(expectedSessions: number, activity: HostActivity) {
    this.columns = new SessionColumns(expectedSessions);
    this.#v4 = new TupleIndex(this.columns, 0, expectedSessions);
    this.#v6 = new TupleIndex(this.columns, layout.V6, 0);
    this.#states = new SessionStates(this.columns, this.#v4, this.#v6);
    this.activity = activity;
  }

  /** A segment with payload, or with nothing but an acknowledgment, was seen: the capture is not of flags only. */
  get plainSegmentSeen(): boolean {
    return this.#states.plainSegmentSeen;
  }

  /** Takes the next segments, in their order. */
  track(block: SegmentBlock): void {
    for (let from = 0; from < block.count; from += MAX_TOUCHED) {
      const to = Math.min(block.count, from + MAX_TOUCHED);
      this.#v4.touch(block, from, to);
      this.activity.tick(block.times, from, to);
      this.#track(block, from, to);
    }
  }

  #track(block: SegmentBlock, from: number, to: number): void {
    const { columns, activity } = this;
    const states = this.#states;
    const { words, times } = block;
    const segment = this.#segment;
    let { words: rows, doubles } = columns;
    for (let index = from; index < to; index++) {
      const at = index * WORDS;
      const place = words[at + PLACE]!;
      const tuples = place & V6 ? this.#v6 : this.#v4;
      let row = tuples.find(words[at + LEFT]!, words[at + RIGHT]!, words[at + PORTS]!, words[at + HASH]!);
      const time = times[index]!;
      if ((place & NOT_PLAIN) !== 0 || row < 0 || !states.goesOn(row, words, at, time)) {
        block.get(index, segment);
        if (place & COPY) {
          this.#countCopy(row, segment);
          continue;
        }
        row = states.assign(row, segment);
        if (row < 0) continue;
        if (segment.process !== 0) this.#vote(row, segment);
        rows = columns.words;
        doubles = columns.doubles;
      }
      const word = row << WORDS_SHIFT;
      const double = row << DOUBLES_SHIFT;
      rows[word + FACTS]! |= (SEEN_LEFT << (~place & FROM_LEFT)) | ((place << ACK_TO_SEEN) & ACK_SEEN);
      rows[word + PACKETS]!++;
      rows[word + LAST_FRAME] = words[at + FRAME]!;
      doubles[double + BYTES]! += words[at + WIRE_LENGTH]! >>> 0;
      const capture = place >>> CAPTURE_SHIFT;
      if (capture !== 0 || columns.severalCaptures) columns.noteCapture(row, capture);
      const end = doubles[double + END]!;
      if (time > end) {
        doubles[double + END] = time;
        activity.note(columns, row, end, time);
      }
    }
  }

  #vote(row: number, segment: TupleSegment): void {
    this.votes ??= new ProcessVotes();
    this.votes.note(row, segment, this.columns.synPackets[row]!);
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
