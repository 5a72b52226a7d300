/**
 * One frame on its way from the record reader to the segment. The record reader fills it, the decoders move its window
 * inwards layer by layer; one instance is refilled for every record and is valid until the next.
 */
export class Frame {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** The captured octets of the current layer: [offset, end) in `view`. */
  offset = 0;
  end = 0;
  /** Where the current layer ended on the wire, in the same coordinates: beyond `end` where the snap length cut. */
  wireEnd = 0;
  /** Length of the whole frame on the wire. */
  wireLength = 0;
  /** Nanoseconds since `Timeline.baseSeconds`, NaN where the record has no time. */
  time = Number.NaN;
  /** From 1 within the file. */
  number = 0;
  /** The layer that the frame starts with, see `packet/layers.ts`. */
  link = 0;

  /** The innermost IP header so far: 4 or 6, where its two addresses stand in `view`, IPv4's identification. */
  family = 4;
  sourceAt = 0;
  destinationAt = 0;
  identification = 0;
  /** The innermost IP header says length 0: only the frame's own length is known. */
  lengthZero = false;
  /** IP headers passed so far. */
  depth = 0;
}

/** Who takes frames: the dissector. */
export interface FrameSink {
  accept(frame: Frame): void;
}
