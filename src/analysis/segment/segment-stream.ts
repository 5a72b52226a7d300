import { DuplicateFilter } from './duplicate-filter.ts';
import type { NamedProcesses } from './named-processes.ts';
import type { Segment, SegmentSink } from './segment.ts';
import { SegmentBlock } from './segment-block.ts';

/** Takes a block of segments away; answers the one to fill next, which may be the same. */
export type PassBlock = (full: SegmentBlock) => SegmentBlock;

/** A segment that comes out of order by less than this finds its place; more is a step of the clock. */
const REACH_NANOSECONDS = 1e9;
const REACH_SEGMENTS = 10_000;
const HELD_SEGMENTS = 2 * REACH_SEGMENTS;

/**
 * The end of reading: segments in the order of the captures are set on their four-tuples, copies of one packet are
 * marked, what came out of order is put in its place, and all go on in blocks. Whoever feeds it flushes it in the end.
 */
export class SegmentStream implements SegmentSink {
  #block: SegmentBlock;
  readonly #pass: PassBlock;
  readonly #processes: NamedProcesses;
  readonly #copies = new DuplicateFilter();
  /** Queues of a network card and interfaces of one capture are not written in the order of their times. */
  readonly #held = new SegmentBlock(HELD_SEGMENTS);
  #latest = Number.NEGATIVE_INFINITY;

  constructor(first: SegmentBlock, pass: PassBlock, processes: NamedProcesses) {
    this.#block = first;
    this.#pass = pass;
    this.#processes = processes;
  }

  accept(segment: Segment): void {
    const held = this.#held;
    const index = held.add(segment);
    if (this.#copies.isRepeat(segment, held.directedHash(index))) held.markCopy(index);
    if (segment.process !== 0) this.#nameProcess(index, Math.abs(segment.process));
    if (segment.time >= this.#latest) this.#latest = segment.time;
    else this.#putInPlace(segment.time);
    if (held.count === HELD_SEGMENTS) this.#release(held.tailAfter(this.#latest - REACH_NANOSECONDS, REACH_SEGMENTS));
  }

  #nameProcess(index: number, process: number): void {
    this.#held.markProcess(index, this.#processes.kin(process), this.#processes.isContext(process));
  }

  /** A time before the latest one, or none: a segment without time stays behind the one before it. */
  #putInPlace(time: number): void {
    if (this.#latest - time < REACH_NANOSECONDS) this.#held.sortLast(REACH_NANOSECONDS);
    else if (!Number.isNaN(time)) this.#latest = time;
  }

  /** The first segments that are held go on. */
  #release(end: number): void {
    for (let at = 0; at < end; ) {
      const block = this.#block;
      const taken = Math.min(end - at, block.capacity - block.count);
      block.append(this.#held, at, at + taken);
      at += taken;
      if (block.count === block.capacity) this.#passBlock();
    }
    this.#held.dropBefore(end);
  }

  #passBlock(): void {
    this.#block = this.#pass(this.#block);
    this.#block.count = 0;
  }

  /** Passes on what has not gone yet. */
  flush(): void {
    this.#release(this.#held.count);
    if (this.#block.count > 0) this.#passBlock();
  }
}
