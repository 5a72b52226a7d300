/**
 * Blocks of segments in memory that two threads share: one fills them in turn, the other takes them in the same order.
 * Whoever is ahead waits.
 */
import { SegmentBlock } from '../src/analysis/segment/segment-block.ts';

/** Large enough that handing one over costs nothing beside filling it, small enough for the caches. */
const SEGMENTS = 4096;
const BLOCKS = 8;

/** `turns` holds these two counts, and then the number of segments in each block. */
const FILLED = 0;
const TAKEN = 1;
const COUNTS = 2;
/** Instead of a number of segments: no block comes any more. */
const END = -1;

const TURNS_OCTETS = 64;
/** Octets and packets read, for the progress. */
const READ_OCTETS = 16;
const BLOCK_OCTETS = SegmentBlock.octets(SEGMENTS);

export interface ReadSoFar {
  /** Octets of the files, as they are on disk. */
  readonly bytes: number;
  readonly packets: number;
}

class BlockRing {
  readonly buffer: SharedArrayBuffer;
  protected readonly turns: Int32Array<SharedArrayBuffer>;
  protected readonly read: Float64Array<SharedArrayBuffer>;
  protected readonly blocks: SegmentBlock[] = [];

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.turns = new Int32Array(buffer, 0, COUNTS + BLOCKS);
    this.read = new Float64Array(buffer, TURNS_OCTETS, 2);
    const first = TURNS_OCTETS + READ_OCTETS;
    for (let at = 0; at < BLOCKS; at++) this.blocks.push(new SegmentBlock(SEGMENTS, buffer, first + at * BLOCK_OCTETS));
  }

  /** The block of a turn, which count from 0. */
  protected block(turn: number): SegmentBlock {
    return this.blocks[turn % BLOCKS]!;
  }

  /** The block of `turn` goes over with so many segments. */
  protected fill(turn: number, segments: number): void {
    this.turns[COUNTS + (turn % BLOCKS)] = segments;
    Atomics.store(this.turns, FILLED, turn + 1);
    Atomics.notify(this.turns, FILLED);
  }
}

/** The side that fills the blocks; it may block its thread. */
export class FilledRing extends BlockRing {
  #turn = 0;

  /** The first block to fill. */
  get first(): SegmentBlock {
    return this.block(0);
  }

  /** Hands the block over, and waits for the next one to be free. */
  pass(full: SegmentBlock): SegmentBlock {
    this.fill(this.#turn++, full.count);
    this.#awaitFree();
    return this.block(this.#turn);
  }

  tell({ bytes, packets }: ReadSoFar): void {
    this.read[0] = bytes;
    this.read[1] = packets;
  }

  end(): void {
    this.fill(this.#turn++, END);
  }

  #awaitFree(): void {
    for (;;) {
      const taken = Atomics.load(this.turns, TAKEN);
      if (this.#turn - taken < BLOCKS) return;
      Atomics.wait(this.turns, TAKEN, taken);
    }
  }
}

/** The side that takes the blocks; it waits without blocking its thread. */
export class TakenRing extends BlockRing {
  #turn = 0;

  constructor() {
    super(new SharedArrayBuffer(TURNS_OCTETS + READ_OCTETS + BLOCKS * BLOCK_OCTETS));
  }

  get readSoFar(): ReadSoFar {
    return { bytes: this.read[0]!, packets: this.read[1]! };
  }

  /** The next block, valid until the one after it is asked for; null when there is none any more. */
  async next(): Promise<SegmentBlock | null> {
    if (this.#turn > 0) this.#free();
    while (Atomics.load(this.turns, FILLED) === this.#turn) {
      const wait = Atomics.waitAsync(this.turns, FILLED, this.#turn);
      if (wait.async) await wait.value;
    }
    const count = this.turns[COUNTS + (this.#turn % BLOCKS)]!;
    if (count === END) return null;
    const block = this.block(this.#turn++);
    block.count = count;
    return block;
  }

  /** The other side is gone without an end: nothing comes any more. */
  abandon(): void {
    this.fill(Atomics.load(this.turns, FILLED), END);
  }

  #free(): void {
    Atomics.store(this.turns, TAKEN, this.#turn);
    Atomics.notify(this.turns, TAKEN);
  }
}
