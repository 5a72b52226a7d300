/**
 * The first half of the pipeline: octets of captures in, segments out, in the order of one timeline. It shares nothing
 * with the second half (analyse.ts) but the blocks of segments, so the two may run on two threads.
 */
import { CaptureReader } from './capture/capture-reader.ts';
import type { CaptureSummary, ReadError } from './capture/summary.ts';
import { Addresses } from './segment/addresses.ts';
import { NamedProcesses, type ProcessRows } from './segment/named-processes.ts';
import type { SegmentBlock } from './segment/segment-block.ts';
import { type PassBlock, SegmentStream } from './segment/segment-stream.ts';
import { TimeMerge } from './segment/time-merge.ts';
import { Timeline } from './segment/timeline.ts';

/** What the second half has to know when all captures have ended; it can be sent to another thread. */
export interface ReadingOutcome {
  readonly captures: readonly CaptureSummary[];
  /** Unix time in nanoseconds that the times of the segments count from; null without any time. */
  readonly start: bigint | null;
  readonly baseSeconds: number;
  readonly digits: number;
  /** See `Addresses.v6Words`. */
  readonly v6Words: Uint32Array<ArrayBuffer>;
  readonly processes: ProcessRows;
}

export class Reading {
  readonly #timeline = new Timeline();
  readonly #addresses = new Addresses();
  readonly #processes = new NamedProcesses();
  readonly #stream: SegmentStream;
  /** One capture goes straight to the stream; several go through here, as one timeline. */
  readonly #merge: TimeMerge | null;
  readonly #readers: CaptureReader[] = [];
  #ended = 0;

  /** The segments go into `block`, and on through `pass`. */
  constructor(captures: number, block: SegmentBlock, pass: PassBlock) {
    this.#stream = new SegmentStream(block, pass, this.#processes);
    this.#merge = captures === 1 ? null : new TimeMerge(captures, this.#stream);
    for (let index = 0; index < captures; index++) {
      const sink = this.#merge?.batch(index) ?? this.#stream;
      this.#readers.push(new CaptureReader(index, this.#timeline, this.#addresses, sink, this.#processes));
    }
  }

  /** Takes the octets of the capture with this index in the report. */
  reader(capture: number): CaptureReader {
    return this.#readers[capture]!;
  }

  /** Records read so far, of all captures. */
  get packets(): number {
    return this.#readers.reduce((sum, reader) => sum + reader.packets, 0);
  }

  /** Which capture has to be fed, or ended, next; -1 when all have ended. */
  wanted(): number {
    if (this.#merge !== null) return this.#merge.drain();
    return this.#ended === 0 ? 0 : -1;
  }

  /** The capture is over. */
  end(capture: number): void {
    this.#readers[capture]!.end();
    this.#merge?.end(capture);
    this.#ended++;
  }

  /** The capture cannot be read on, as where its compressed form is damaged; what was fed stands. */
  abandon(capture: number, error: ReadError): void {
    this.#readers[capture]!.abandon(error);
    this.#merge?.end(capture);
    this.#ended++;
  }

  /** Passes the last segments on. Nothing is wanted any more. */
  finish(): ReadingOutcome {
    this.#stream.flush();
    return {
      captures: this.#readers.map((reader) => reader.summary),
      start: this.#timeline.unixNanoseconds(0),
      baseSeconds: this.#timeline.baseSeconds,
      digits: this.#timeline.digits,
      v6Words: this.#addresses.v6Words,
      processes: this.#processes.rows,
    };
  }
}
