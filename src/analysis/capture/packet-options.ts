import type { CaptureProcesses } from '../segment/capture-processes.ts';
import { contextIn, ownerIn } from './packet-comment.ts';
import { findOption, optionLength } from './pcapng-options.ts';

/** Options of an enhanced packet block, draft-ietf-opsawg-pcapng section 4.3. */
const END_OF_OPTIONS = 0;
const COMMENT = 1;
const FLAGS = 2;
const DROPCOUNT = 4;
const PROCESS_AND_THREAD = 8;
/** Apple's libpcap, pcap/pcap-ng.h: process and effective process, each the index of a process block. */
const APPLE_PROCESS = 0x8001;
const APPLE_EFFECTIVE_PROCESS = 0x8003;

/** The lowest two bits of the flags. */
const DIRECTION = 3;
const INBOUND = 1;
const OUTBOUND = 2;

/** Apple's process information block: process id, then the options name and path. */
const BLOCK_PID_AT = 8;
const BLOCK_OPTIONS_AT = 12;
const BLOCK_NAME = 2;
const BLOCK_PATH = 3;
/** Bounds what a file of nothing but such blocks takes. */
const MAX_BLOCKS = 2 ** 20;

/** What the options behind a packet tell. One instance is refilled for every packet that has any. */
export class PacketOptions {
  /** Packets lost before this one; -1 where it does not tell. */
  dropped = -1;
  readonly #processes: CaptureProcesses;
  /** The processes that the blocks of the present section describe, in their order. */
  #blocks: number[] = [];
  #direction = 0;
  /** The process that ran when the packet was logged. */
  #context = 0;
  /** The process whose packet it is. */
  #owner = 0;
  #effective = 0;

  constructor(processes: CaptureProcesses) {
    this.#processes = processes;
  }

  /** A section begins: it counts its process blocks from 0. */
  beginSection(): void {
    this.#blocks = [];
  }

  /** Takes the process information block at `block`, whose options end at `end`. */
  processBlock(view: DataView, block: number, end: number, little: boolean): void {
    if (this.#blocks.length === MAX_BLOCKS) return;
    this.#blocks.push(end - block < BLOCK_OPTIONS_AT ? 0 : this.#described(view, block, end, little));
  }

  #described(view: DataView, block: number, end: number, little: boolean): number {
    const from = block + BLOCK_OPTIONS_AT;
    const pid = view.getUint32(block + BLOCK_PID_AT, little);
    const name = findOption(view, from, end, little, BLOCK_NAME);
    const at = name >= 0 ? name : findOption(view, from, end, little, BLOCK_PATH);
    if (at < 0) return this.#processes.owner('pktap', pid, view, from, from);
    return this.#processes.owner('pktap', pid, view, at, at + optionLength(view, at, little));
  }

  /** Reads the options in [from, to). */
  read(view: DataView, from: number, to: number, little: boolean): void {
    this.dropped = -1;
    this.#direction = this.#context = this.#owner = this.#effective = 0;
    for (let at = from; at + 4 <= to; ) {
      const code = view.getUint16(at, little);
      const length = view.getUint16(at + 2, little);
      if (code === END_OF_OPTIONS || at + 4 + length > to) return;
      this.#option(code, view, at + 4, length, little);
      at += 4 + ((length + 3) & ~3);
    }
  }

  #option(code: number, view: DataView, at: number, length: number, little: boolean): void {
    switch (code) {
      case COMMENT:
        this.#context ||= contextIn(view, at, at + length, this.#processes);
        this.#owner ||= ownerIn(view, at, at + length, this.#processes);
        break;
      case FLAGS:
        if (length === 4) this.#direction = view.getUint32(at, little) & DIRECTION;
        break;
      case DROPCOUNT:
        if (length === 8) this.dropped = Number(view.getBigUint64(at, little));
        break;
      case PROCESS_AND_THREAD:
        if (length === 8) this.#context ||= this.#processes.context(view.getUint32(at, little));
        break;
      case APPLE_PROCESS:
        if (length === 4) this.#owner ||= this.#blocks[view.getUint32(at, little)] ?? 0;
        break;
      case APPLE_EFFECTIVE_PROCESS:
        if (length === 4) this.#effective = this.#blocks[view.getUint32(at, little)] ?? 0;
    }
  }

  /**
   * Whose packet it is, as in `Segment.process`. A process belongs to the host that captured, so without a direction it
   * is nobody's; and whoever ran when a packet came in is a stranger to it (the README of etl2pcapng).
   */
  get process(): number {
    const owner = this.#owner || this.#effective;
    if (this.#direction === OUTBOUND) return owner || this.#context;
    return this.#direction === INBOUND ? 0 - owner : 0;
  }
}
