/** The halves of the pipeline joined on one thread, in blocks so small that every border is crossed. */
import { Analysis } from '../../src/analysis/analyse.ts';
import { Reading } from '../../src/analysis/reading.ts';
import { NamedProcesses } from '../../src/analysis/segment/named-processes.ts';
import { SegmentBlock } from '../../src/analysis/segment/segment-block.ts';
import { SegmentStream } from '../../src/analysis/segment/segment-stream.ts';
import type { SessionTracker } from '../../src/analysis/session/tracker.ts';

const BLOCK = 7;

/** A stream that goes straight to the tracker: flush it before the sessions are finished. */
export function streamTo(tracker: SessionTracker, processes = new NamedProcesses()): SegmentStream {
  return new SegmentStream(new SegmentBlock(BLOCK), passTo(tracker), processes);
}

/** An analysis, and the reading that feeds it. */
export function directAnalysis(captures: number): { reading: Reading; analysis: Analysis } {
  const analysis = new Analysis(0);
  return { analysis, reading: new Reading(captures, new SegmentBlock(BLOCK), passTo(analysis)) };
}

function passTo(taker: { track(block: SegmentBlock): void }) {
  return (block: SegmentBlock) => {
    taker.track(block);
    return block;
  };
}
