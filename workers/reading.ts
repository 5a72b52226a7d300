/** Reads the captures of one analysis, each as far as the timeline wants it, and hands their segments on in blocks. */
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { CaptureSummary } from '../src/analysis/capture/summary.ts';
import { Reading, type ReadingOutcome } from '../src/analysis/reading.ts';
import { SegmentBlock } from '../src/analysis/segment/segment-block.ts';
import type { PassBlock } from '../src/analysis/segment/segment-stream.ts';
import { type ErrorCode, PortledgerError } from '../src/errors.ts';
import type { ReadSoFar } from './block-ring.ts';
import type { CaptureFile } from './capture-file.ts';
import { type CapturePlace, type OpenCapture, openCaptures } from './open-captures.ts';

/** They stay in the first-level cache between reading and tracking. */
const BLOCK_SEGMENTS = 512;

/** Chunks after which the event loop turns once, so that a signal is heard: some 30 ms of reading. */
const CHUNKS_A_TURN = 32;

/** What a file that is no capture at all is refused with; every other error leaves something to analyse. */
const REFUSALS: readonly (ErrorCode | undefined)[] = [
  'capture-empty',
  'capture-not-recognised',
  'capture-format-unsupported',
  'file-header-cut',
];

/** Reads on this thread; every block is taken before the next is filled. */
export function readHere(
  places: readonly CapturePlace[],
  take: (block: SegmentBlock) => void,
  onProgress: (read: ReadSoFar) => void,
): Promise<ReadingOutcome> {
  const pass = (block: SegmentBlock) => {
    take(block);
    return block;
  };
  return readCaptures(places, new SegmentBlock(BLOCK_SEGMENTS), pass, onProgress);
}

/**
 * Reads all of them, at their index in the report; `onProgress` hears of every chunk. Throws for a file that cannot be
 * opened or is no capture, and where no file has a link type that is read here.
 */
export async function readCaptures(
  places: readonly CapturePlace[],
  first: SegmentBlock,
  pass: PassBlock,
  onProgress: (read: ReadSoFar) => void,
): Promise<ReadingOutcome> {
  const captures = await openCaptures(places);
  const chunks = captures.map(({ file }) => iterate(file));
  const reading = new Reading(captures.length, first, pass);
  const onChunk = () => {
    const bytes = captures.reduce((sum, { file }) => sum + file.consumed, 0);
    onProgress({ bytes, packets: reading.packets });
  };
  try {
    for (let index = reading.wanted(); index >= 0; index = reading.wanted()) {
      await readOn(reading, index, chunks[index]!, onChunk);
      const { summary } = reading.reader(index);
      // Compressed data may be damaged before its format can be told.
      if (summary.format === 'unknown' || REFUSALS.includes(summary.error?.code)) refuse(captures[index]!, summary);
    }
  } finally {
    for (const { file } of captures) file.close();
  }
  const outcome = reading.finish();
  const unsupported = outcome.captures.every(({ error }) => error?.code === 'link-type-unsupported');
  if (unsupported) refuse(captures[0]!, outcome.captures[0]!);
  return outcome;
}

type Chunks = Iterator<Uint8Array> | AsyncIterator<Uint8Array>;

function iterate(file: CaptureFile): Chunks {
  const chunks = file.chunks();
  return Symbol.iterator in chunks ? chunks[Symbol.iterator]() : chunks[Symbol.asyncIterator]();
}

/** Feeds the capture until another one's turn comes, or its end. Awaits little while it reads a plain file. */
async function readOn(reading: Reading, index: number, chunks: Chunks, onChunk: () => void): Promise<void> {
  const reader = reading.reader(index);
  for (let chunk = 1; reading.wanted() === index; chunk++) {
    let step: IteratorResult<Uint8Array>;
    try {
      const next = chunks.next();
      step = next instanceof Promise ? await next : next;
    } catch (error) {
      if (!(error instanceof PortledgerError)) throw error;
      reading.abandon(index, { code: error.code, message: error.message, offset: error.offset });
      return;
    }
    if (step.done !== true) reader.feed(step.value);
    if (step.done === true || reader.stopped) reading.end(index);
    onChunk();
    if (chunk % CHUNKS_A_TURN === 0) await turnOfLoop();
  }
}

function refuse({ name }: OpenCapture, { error }: CaptureSummary): void {
  if (error === null) return;
  throw new PortledgerError(
    error.code,
    `${name}: ${error.message}`,
    error.offset === null ? {} : { offset: error.offset },
  );
}
