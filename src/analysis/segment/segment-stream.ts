import { DuplicateFilter } from './duplicate-filter.ts';
import type { NamedProcesses } from './named-processes.ts';
import type { Segment, SegmentSink } from './segment.ts';
import type { SegmentBlock } from './segment-block.ts';

/** Takes a block of segments away; answers the one to fill next, which may be the same. */
export type PassBlock = (full: SegmentBlock) => SegmentBlock;

/**
 * The end of reading: segments in the order of the timeline are set on their four-tuples, copies of one packet are
 * marked, and all go on in blocks. Whoever feeds it flushes it in the end.
 */
export class SegmentStream implements SegmentSink {
  #block: SegmentBlock;
  readonly #pass: PassBlock;
  readonly #processes: NamedProcesses;
  readonly #copies = new DuplicateFilter();

  constructor(first: SegmentBlock, pass: PassBlock, processes: NamedProcesses) {
    this.#block = first;
    this.#pass = pass;
    this.#processes = processes;
  }

  accept(segment: Segment): void {
    const block = this.#block;
    const index = block.add(segment);
    if (this.#copies.isRepeat(segment, block.directedHash(index))) block.markCopy(index);
    if (segment.process !== 0) this.#nameProcess(index, Math.abs(segment.process));
    if (block.count === block.capacity) this.flush();
  }

  #nameProcess(index: number, process: number): void {
    this.#block.markProcess(index, this.#processes.kin(process), this.#processes.isContext(process));
  }

  /** Passes on what has not gone yet. */
  flush(): void {
    if (this.#block.count === 0) return;
    this.#block = this.#pass(this.#block);
    this.#block.count = 0;
  }
}
