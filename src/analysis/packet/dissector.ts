import type { Addresses } from '../segment/addresses.ts';
import { Segment, type SegmentSink } from '../segment/segment.ts';
import { linuxCooked, linuxCooked2 } from './cooked.ts';
import { ethernet, vlan } from './ethernet.ts';
import { Frame } from './frame.ts';
import { ipv4 } from './ipv4.ts';
import { authentication, ipv6, ipv6Fragment, ipv6Options, ipv6Routing } from './ipv6.ts';
import {
  AUTHENTICATION,
  DONE,
  ETHERNET,
  IPV4,
  IPV6,
  IPV6_FRAGMENT,
  IPV6_OPTIONS,
  IPV6_ROUTING,
  LINUX_COOKED,
  LINUX_COOKED_2,
  LOOP,
  NULL_LINK,
  RAW_IP,
  TCP,
  VLAN,
} from './layers.ts';
import { IP_LENGTH_ZERO, ODDITIES } from './oddities.ts';
import { fillPlainV4, isPlainV4 } from './plain-v4.ts';
import { fillPlainV6, isPlainV6 } from './plain-v6.ts';
import { loop, nullLink, rawIp } from './raw-ip.ts';
import { tcp } from './tcp.ts';

/** Takes frames apart down to their TCP header and hands one refilled segment on for each that has one. */
export class Dissector {
  /** The next segment: whoever reads the records sets its `time` and `wireLength` and counts its `frame` up. */
  readonly segment = new Segment();
  /** TCP segments by the octet of their flags. */
  readonly flagCounts = new Float64Array(256);
  /** Counts in the order of `ODDITIES`. */
  readonly oddities = new Float64Array(ODDITIES.length);
  readonly #frame = new Frame();
  readonly #addresses: Addresses;
  readonly #sink: SegmentSink;

  constructor(capture: number, addresses: Addresses, sink: SegmentSink) {
    this.segment.capture = capture;
    this.#addresses = addresses;
    this.#sink = sink;
  }

  /** Takes the frame whose captured octets are [start, end) in `view` and which begins with `layer`. */
  accept(view: DataView, start: number, end: number, layer: number): void {
    if (layer === ETHERNET && isPlainV4(view, start, end)) {
      fillPlainV4(view, start, this.segment);
      this.#pass();
    } else this.#acceptOther(view, start, end, layer);
  }

  #acceptOther(view: DataView, start: number, end: number, layer: number): void {
    if (layer === ETHERNET && isPlainV6(view, start, end)) {
      fillPlainV6(view, start, end, this.segment, this.#addresses);
      this.#pass();
    } else this.#decode(view, start, end, layer);
  }

  #decode(view: DataView, start: number, end: number, link: number): void {
    const frame = this.#frame;
    frame.view = view;
    frame.offset = start;
    frame.end = end;
    frame.wireEnd = start + this.segment.wireLength;
    frame.depth = 0;
    let layer = link;
    while (layer > DONE && layer !== TCP) layer = decode(layer, frame);
    if (layer === TCP) layer = tcp(frame, this.segment, this.#addresses);
    if (layer < DONE) this.oddities[-1 - layer]!++;
    if (layer !== TCP) return;
    if (frame.lengthZero) this.oddities[IP_LENGTH_ZERO]!++;
    this.#pass();
  }

  #pass(): void {
    this.flagCounts[this.segment.flags]!++;
    this.#sink.accept(this.segment);
  }
}

/** Decodes one header; answers what comes behind it. */
function decode(layer: number, frame: Frame): number {
  switch (layer) {
    case ETHERNET:
      return ethernet(frame);
    case IPV4:
      return ipv4(frame);
    case IPV6:
      return ipv6(frame);
    case VLAN:
      return vlan(frame);
    case IPV6_OPTIONS:
      return ipv6Options(frame);
    case IPV6_ROUTING:
      return ipv6Routing(frame);
    case IPV6_FRAGMENT:
      return ipv6Fragment(frame);
    case AUTHENTICATION:
      return authentication(frame);
    case RAW_IP:
      return rawIp(frame);
    case LINUX_COOKED:
      return linuxCooked(frame);
    case LINUX_COOKED_2:
      return linuxCooked2(frame);
    case NULL_LINK:
      return nullLink(frame);
    case LOOP:
      return loop(frame);
    default:
      return DONE;
  }
}
