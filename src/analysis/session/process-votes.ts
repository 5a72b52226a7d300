import { FIN, SYN } from '../segment/segment.ts';
import type { TupleSegment } from '../segment/segment-block.ts';

const MIN_SLOTS = 2048;
/** Of a lead: packets of this end disagree. */
const DISPUTED = 0x8000_0000;
const LEAD = 0x7fff_ffff;

/**
 * Which process the packets of each session name for its two ends, by majority (Boyer and Moore, 1981): one candidate
 * an end, and by how many votes it leads. Made when the first packet names a process; most captures name none.
 */
export class ProcessVotes {
  /** Two slots a row: the left end's and the right end's. */
  #candidates = new Uint32Array(0);
  #kin = new Uint32Array(0);
  #leads = new Uint32Array(0);

  /** The segment is of the row, which has so many SYNs with it. */
  note(row: number, segment: TupleSegment, synPackets: number): void {
    if (segment.ofContext && !isOfCaller(segment, synPackets)) return;
    const slot = slotOf(row, segment.fromLeft === segment.process > 0);
    if (slot >= this.#candidates.length) this.#grow(slot + 1);
    this.#vote(slot, Math.abs(segment.process), segment.kin);
  }

  /** The process of one end, negative where its packets disagree, 0 where none is named or none leads. */
  process(row: number, ofLeft: boolean): number {
    const slot = slotOf(row, ofLeft);
    if (slot >= this.#candidates.length || (this.#leads[slot]! & LEAD) === 0) return 0;
    return (this.#leads[slot]! & DISPUTED) === 0 ? this.#candidates[slot]! : 0 - this.#candidates[slot]!;
  }

  #vote(slot: number, process: number, kin: number): void {
    const leads = this.#leads;
    if (this.#kin[slot] === kin) {
      leads[slot]!++;
      return;
    }
    if (this.#kin[slot] !== 0) leads[slot]! |= DISPUTED;
    if ((leads[slot]! & LEAD) > 0) leads[slot]!--;
    else {
      this.#candidates[slot] = process;
      this.#kin[slot] = kin;
      leads[slot]!++;
    }
  }

  #grow(slots: number): void {
    const size = 2 ** Math.ceil(Math.log2(Math.max(slots, MIN_SLOTS)));
    const candidates = new Uint32Array(size);
    const kin = new Uint32Array(size);
    const leads = new Uint32Array(size);
    candidates.set(this.#candidates);
    kin.set(this.#kin);
    leads.set(this.#leads);
    this.#candidates = candidates;
    this.#kin = kin;
    this.#leads = leads;
  }
}

function slotOf(row: number, ofLeft: boolean): number {
  return row * 2 + (ofLeft ? 0 : 1);
}

/**
 * Whether a segment is sent while its own process runs: a first SYN (connect), payload (send) and FIN (close) mostly
 * are. Acknowledgments and SYNs sent again leave from an interrupt, whoever it met.
 */
function isOfCaller({ flags, length }: TupleSegment, synPackets: number): boolean {
  return flags & SYN ? synPackets === 1 : length > 0 || (flags & FIN) !== 0;
}
