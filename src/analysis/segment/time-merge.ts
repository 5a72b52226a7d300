import { Segment, type SegmentSink } from './segment.ts';
import { SegmentBatch } from './segment-batch.ts';

/**
 * Merges captures that overlap in time, segment by segment. Each capture is read into its own batch; `drain` passes on
 * what is certain to be next and answers which capture has to be read further:
 *
 *     for (let input = merge.drain(); input >= 0; input = merge.drain()) {
 *       // read a chunk of that capture into merge.batch(input), or say merge.end(input)
 *     }
 *
 * The order within a capture is never changed; of equal times the lower input goes first. A segment without time goes
 * right behind the one before it in its capture.
 */
export class TimeMerge {
  readonly #sink: SegmentSink;
  readonly #batches: SegmentBatch[] = [];
  readonly #ended: boolean[] = [];
  readonly #segment = new Segment();

  constructor(inputs: number, sink: SegmentSink) {
    this.#sink = sink;
    for (let input = 0; input < inputs; input++) {
      this.#batches.push(new SegmentBatch());
      this.#ended.push(false);
    }
  }

  /** Where the reader of capture `input` puts its segments. */
  batch(input: number): SegmentBatch {
    return this.#batches[input]!;
  }

  /** No more segments come from `input`. */
  end(input: number): void {
    this.#ended[input] = true;
  }

  /** The input that has to be fed, or ended, before anything more can be passed on; -1 when all have ended. */
  drain(): number {
    for (;;) {
      const starving = this.#batches.findIndex((batch, input) => batch.empty && !this.#ended[input]);
      if (starving >= 0) return starving;
      const next = this.#earliest(-1);
      if (next < 0) return -1;
      this.#passRun(this.#batches[next]!, next);
    }
  }

  /** Passes on what one input has until another one's turn comes. */
  #passRun(batch: SegmentBatch, input: number): void {
    const other = this.#earliest(input);
    const limit = other < 0 ? Number.POSITIVE_INFINITY : this.#timeOf(other);
    const ties = other < 0 || input < other;
    do {
      batch.take(this.#segment);
      this.#sink.accept(this.#segment);
    } while (!batch.empty && isBefore(batch.nextTime, limit, ties));
  }

  /** The input with the earliest next segment, `except` left out; -1 where none has any. */
  #earliest(except: number): number {
    let found = -1;
    for (let input = 0; input < this.#batches.length; input++) {
      if (input === except || this.#batches[input]!.empty) continue;
      if (found < 0 || this.#timeOf(input) < this.#timeOf(found)) found = input;
    }
    return found;
  }

  #timeOf(input: number): number {
    const time = this.#batches[input]!.nextTime;
    return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
  }
}

function isBefore(time: number, limit: number, ties: boolean): boolean {
  return Number.isNaN(time) || time < limit || (ties && time === limit);
}
