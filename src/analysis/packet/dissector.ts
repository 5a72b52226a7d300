import type { Addresses } from '../segment/addresses.ts';
import { Segment, type SegmentSink } from '../segment/segment.ts';
import { linuxCooked, linuxCooked2 } from './cooked.ts';
import { ethernet, vlan } from './ethernet.ts';
import type { Frame, FrameSink } from './frame.ts';
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
import { loop, nullLink, rawIp } from './raw-ip.ts';
import { tcp } from './tcp.ts';

/** Takes frames apart down to their TCP header and hands one refilled segment on for each that has one. */
export class Dissector implements FrameSink {
  /** TCP segments by the octet of their flags. */
  readonly flagCounts = new Float64Array(256);
  /** Counts in the order of `ODDITIES`. */
  readonly oddities = new Float64Array(ODDITIES.length);
  readonly #segment = new Segment();
  readonly #addresses: Addresses;
  readonly #sink: SegmentSink;

  constructor(capture: number, addresses: Addresses, sink: SegmentSink) {
    this.#segment.capture = capture;
    this.#addresses = addresses;
    this.#sink = sink;
  }

  accept(frame: Frame): void {
    frame.depth = 0;
    let layer = frame.link;
    while (layer > DONE) {
      if (layer === TCP) {
        this.#segmentOf(frame);
        return;
      }
      layer = decode(layer, frame);
    }
    if (layer < DONE) this.oddities[-1 - layer]!++;
  }

  #segmentOf(frame: Frame): void {
    const segment = this.#segment;
    const layer = tcp(frame, segment, this.#addresses);
    if (layer < DONE) {
      this.oddities[-1 - layer]!++;
      return;
    }
    if (frame.lengthZero) this.oddities[IP_LENGTH_ZERO]!++;
    this.flagCounts[segment.flags]!++;
    this.#sink.accept(segment);
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
