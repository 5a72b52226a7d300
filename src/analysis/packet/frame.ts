import type { CaptureProcesses } from '../segment/capture-processes.ts';

/**
 * A frame on its way to its TCP header: the decoders move the window inwards, layer by layer. One instance is refilled
 * for every frame.
 */
export class Frame {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** The captured octets of the current layer: [offset, end) in `view`. */
  offset = 0;
  end = 0;
  /** Where the current layer ended on the wire, in the same coordinates: beyond `end` where the snap length cut. */
  wireEnd = 0;

  /** The innermost IP header so far: 4 or 6, where its two addresses stand in `view`, IPv4's identification. */
  family = 4;
  sourceAt = 0;
  destinationAt = 0;
  identification = 0;
  /** The innermost IP header says length 0: only the frame's own length is known. */
  lengthZero = false;
  /** The 802.11 header that follows is padded to four octets. */
  padded = false;

  /** Whose packet it is by its link header, as in `Segment.process`. */
  process = 0;
  readonly processes: CaptureProcesses;

  constructor(processes: CaptureProcesses) {
    this.processes = processes;
  }
}
