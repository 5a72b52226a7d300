import { CaptureReader } from '../../../src/analysis/capture/capture-reader.ts';
import type { CaptureSummary } from '../../../src/analysis/capture/summary.ts';
import { Addresses } from '../../../src/analysis/segment/addresses.ts';
import { NamedProcesses } from '../../../src/analysis/segment/named-processes.ts';
import type { Segment, SegmentSink } from '../../../src/analysis/segment/segment.ts';
import { Timeline } from '../../../src/analysis/segment/timeline.ts';

/** A segment with its addresses as text, kept. */
export interface ReadSegment {
  readonly frame: number;
  readonly time: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly length: number;
  readonly window: number;
  readonly identity: number;
  readonly wireLength: number;
  readonly process: number;
}

export interface ReadCapture {
  readonly summary: CaptureSummary;
  readonly segments: ReadSegment[];
  readonly timeline: Timeline;
  /** What `process` of a segment stands for. */
  readonly processes: NamedProcesses;
}

/** Keeps every segment it is handed. */
export class KeptSegments implements SegmentSink {
  readonly segments: ReadSegment[] = [];
  readonly #addresses: Addresses;

  constructor(addresses: Addresses) {
    this.#addresses = addresses;
  }

  accept(segment: Segment): void {
    const { capture: _, family, source, destination, ...rest } = segment;
    const text = (value: number) => this.#addresses.text(this.#addresses.idOf(family, value >>> 0));
    const [seq, ack, identity] = [rest.seq >>> 0, rest.ack >>> 0, rest.identity >>> 0];
    this.segments.push({ ...rest, seq, ack, identity, source: text(source), destination: text(destination) });
  }
}

/** Reads a whole file, handed over in chunks of the given lengths, over and over; in one piece without any. */
export function read(bytes: Uint8Array, chunks: readonly number[] = []): ReadCapture {
  const addresses = new Addresses();
  const timeline = new Timeline();
  const processes = new NamedProcesses();
  const kept = new KeptSegments(addresses);
  const reader = new CaptureReader(0, timeline, addresses, kept, processes);
  const lengths = chunks.length === 0 ? [bytes.length] : chunks;
  const buffer = new Uint8Array(Math.max(1, ...lengths));
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = Math.min(lengths[turn % lengths.length]!, bytes.length - at);
    buffer.set(bytes.subarray(at, at + length));
    reader.feed(buffer.subarray(0, length));
    // The reader may keep nothing of what it was handed.
    buffer.fill(0xa5);
    at += length;
  }
  reader.end();
  return { summary: reader.summary, segments: kept.segments, timeline, processes };
}
