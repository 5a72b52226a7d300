import { FIN, RST, Segment, type SegmentSink, SYN } from '../../src/analysis/segment/segment.ts';
import type { Timeline } from '../../src/analysis/segment/timeline.ts';
import type { Random } from './random.ts';

/** What the capture point sees of the traffic, and from when on. */
export interface View {
  /** Unix second of the capture's start, which is second 0 of the run. */
  startUnixSeconds?: number;
  /** Share of packets that the capture loses. */
  drops?: number;
  /** Only packets from that side. */
  side?: 'both' | 'client' | 'remote';
  /** Seconds in which nothing is captured. */
  hole?: { from: number; to: number };
  /** The first seconds of every so many, but for the first time, in which nothing is captured. */
  holes?: { everySeconds: number; seconds: number };
  /** The clock of the capture is set back by so many seconds. */
  clockBack?: { at: number; seconds: number };
  /** Only segments with SYN, FIN or RST. */
  flagsOnly?: boolean;
}

/** Unix second of the start of the capture. */
export function captureStart(view: View): number {
  return view.startUnixSeconds ?? DEFAULT_START;
}

const DEFAULT_START = Date.UTC(2024, 2, 4, 6, 0, 0) / 1000;
/** Ethernet, IPv4 and TCP headers; a SYN carries the option of its maximum segment size beside. */
const HEADERS = 54;
const MSS_OPTION = 4;

/** Turns what hosts send into the segments that a capture point hands on, in order of time. */
export class Wire {
  readonly #segment = new Segment();
  readonly #sink: SegmentSink;
  readonly #timeline: Timeline;
  readonly #view: View;
  readonly #random: Random;
  /** Next IPv4 identification of each sender. */
  readonly #identities = new Map<number, number>();
  readonly #start: number;
  packets = 0;

  constructor(sink: SegmentSink, timeline: Timeline, view: View, random: Random) {
    this.#sink = sink;
    this.#timeline = timeline;
    this.#view = view;
    this.#random = random;
    this.#start = captureStart(view);
  }

  /** `ports` is localPort * 65536 + remotePort; `seconds` counts from the capture's start. */
  send(
    seconds: number,
    fromClient: boolean,
    client: number,
    remote: number,
    ports: number,
    flags: number,
    length: number,
    seq: number,
    ack: number,
  ): void {
    const source = fromClient ? client : remote;
    const identity = ((this.#identities.get(source) ?? 0) % 65535) + 1;
    this.#identities.set(source, identity);
    if (!this.#isSeen(seconds, fromClient, flags)) return;
    const segment = this.#segment;
    const localPort = Math.floor(ports / 65536);
    const remotePort = ports & 0xffff;
    segment.frame = ++this.packets;
    segment.time = this.#time(seconds);
    segment.source = source;
    segment.destination = fromClient ? remote : client;
    segment.sourcePort = fromClient ? localPort : remotePort;
    segment.destinationPort = fromClient ? remotePort : localPort;
    segment.seq = seq;
    segment.ack = ack;
    segment.flags = flags;
    segment.length = length;
    segment.window = 64240;
    segment.identity = identity;
    segment.wireLength = HEADERS + length + (flags & SYN ? MSS_OPTION : 0);
    this.#sink.accept(segment);
  }

  #isSeen(seconds: number, fromClient: boolean, flags: number): boolean {
    const { side, hole, holes, drops, flagsOnly } = this.#view;
    if (seconds < 0) return false;
    if (side === (fromClient ? 'remote' : 'client')) return false;
    if (hole && seconds >= hole.from && seconds < hole.to) return false;
    if (holes && seconds > holes.everySeconds && seconds % holes.everySeconds < holes.seconds) return false;
    if (flagsOnly && (flags & (SYN | FIN | RST)) === 0) return false;
    return !drops || !this.#random.chance(drops);
  }

  /** Whole microseconds, since that is what the captures hold; the first packet sets the base as a reader would. */
  #time(seconds: number): number {
    const { clockBack } = this.#view;
    const shown = clockBack && seconds >= clockBack.at ? seconds - clockBack.seconds : seconds;
    const microseconds = Math.round(shown * 1e6);
    if (Number.isNaN(this.#timeline.baseSeconds)) {
      this.#timeline.baseSeconds = this.#start + Math.floor(microseconds / 1e6);
    }
    return microseconds * 1000 - (this.#timeline.baseSeconds - this.#start) * 1e9;
  }
}
