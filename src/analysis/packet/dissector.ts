import type { Addresses } from '../segment/addresses.ts';
import type { CaptureProcesses } from '../segment/capture-processes.ts';
import { Segment, type SegmentSink } from '../segment/segment.ts';
import { decode } from './decode.ts';
import { Frame } from './frame.ts';
import * as layers from './layers.ts';
import { IP_LENGTH_ZERO, NESTED_TOO_DEEP, ODDITIES, stop } from './oddities.ts';
import * as link from './plain-link.ts';
import { plainIp } from './plain-link.ts';
import { fillPlainV4, isPlainV4 } from './plain-v4.ts';
import { fillPlainV6, isPlainV6 } from './plain-v6.ts';
import { tcp } from './tcp.ts';

const { DONE, ETHERNET, TCP } = layers;
const { ETHERNET_HEADER, ETHERTYPE_IPV4, ETHERTYPE_IPV6 } = link;

/** Far more than anyone nests on purpose; a frame of 64 KB could hold thousands, each around the rest. */
const MAX_HEADERS = 128;

/** Takes frames apart down to their TCP header and hands one refilled segment on for each that has one. */
export class Dissector {
  /** The next segment: whoever reads the records sets its `time` and `wireLength` and counts its `frame` up. */
  readonly segment = new Segment();
  /** TCP segments by the octet of their flags. */
  readonly flagCounts = new Float64Array(256);
  /** Counts in the order of `ODDITIES`. */
  readonly oddities = new Float64Array(ODDITIES.length);
  readonly #frame: Frame;
  readonly #addresses: Addresses;
  readonly #sink: SegmentSink;

  constructor(capture: number, addresses: Addresses, sink: SegmentSink, processes: CaptureProcesses) {
    this.#frame = new Frame(processes);
    this.segment.capture = capture;
    this.#addresses = addresses;
    this.#sink = sink;
  }

  /** Takes the frame whose captured octets are [start, end) in `view` and which begins with `layer`. */
  accept(view: DataView, start: number, end: number, layer: number): void {
    const { segment } = this;
    const ip = start + ETHERNET_HEADER;
    if (layer === ETHERNET && isPlainV4(view, ip, end) && view.getUint16(ip - 2) === ETHERTYPE_IPV4) {
      fillPlainV4(view, ip, segment);
    } else if (!this.#fillOther(view, start, end, layer)) return;
    this.#pass();
  }

  /** Answers whether the frame has a segment that is still to be passed on. */
  #fillOther(view: DataView, start: number, end: number, layer: number): boolean {
    const v4 = plainIp(view, start, end, layer, ETHERTYPE_IPV4);
    if (v4 >= 0 && isPlainV4(view, v4, end)) {
      fillPlainV4(view, v4, this.segment);
      return true;
    }
    const v6 = plainIp(view, start, end, layer, ETHERTYPE_IPV6);
    if (v6 >= 0 && isPlainV6(view, v6, end)) {
      fillPlainV6(view, v6, end, this.segment, this.#addresses);
      return true;
    }
    return this.#decode(view, start, end, layer);
  }

  #decode(view: DataView, start: number, end: number, first: number): boolean {
    const frame = this.#frame;
    frame.view = view;
    frame.offset = start;
    frame.end = end;
    frame.wireEnd = start + this.segment.wireLength;
    frame.process = 0;
    let layer = first;
    for (let headers = 0; layer > DONE && layer !== TCP; headers++) {
      layer = headers < MAX_HEADERS ? decode(layer, frame) : stop(NESTED_TOO_DEEP);
    }
    if (layer === TCP) layer = tcp(frame, this.segment, this.#addresses);
    if (layer < DONE) this.oddities[-1 - layer]!++;
    if (layer !== TCP) return false;
    if (frame.lengthZero) this.oddities[IP_LENGTH_ZERO]!++;
    if (frame.process === 0 || this.segment.process !== 0) return true;
    this.segment.process = frame.process;
    this.#pass();
    this.segment.process = 0;
    return false;
  }

  #pass(): void {
    this.flagCounts[this.segment.flags]!++;
    this.#sink.accept(this.segment);
  }
}
