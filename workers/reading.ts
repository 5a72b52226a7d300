/** Feeds the captures of one reading to their readers, each as far as the timeline wants it. */
import type { CaptureSummary } from '../src/analysis/capture/summary.ts';
import type { Reading } from '../src/analysis/reading.ts';
import { type ErrorCode, PortledgerError } from '../src/errors.ts';
import type { CaptureFile } from './capture-file.ts';

export interface OpenedCapture {
  readonly name: string;
  readonly file: CaptureFile;
}

/** What a file that is no capture at all is refused with; every other error leaves something to analyse. */
const REFUSALS: readonly (ErrorCode | undefined)[] = [
  'capture-empty',
  'capture-not-recognised',
  'capture-format-unsupported',
  'file-header-cut',
];

/**
 * Reads all of them, at their index in the reading; `onChunk` hears of every chunk. Throws for a file that is no
 * capture, and where no file has a link type that is read here.
 */
export async function readCaptures(
  reading: Reading,
  captures: readonly OpenedCapture[],
  onChunk: () => void,
): Promise<void> {
  const chunks = captures.map(({ file }) => iterate(file));
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
  const summaries = captures.map((_, index) => reading.reader(index).summary);
  const unsupported = summaries.every(({ error }) => error?.code === 'link-type-unsupported');
  if (unsupported) refuse(captures[0]!, summaries[0]!);
}

type Chunks = Iterator<Uint8Array> | AsyncIterator<Uint8Array>;

function iterate(file: CaptureFile): Chunks {
  const chunks = file.chunks();
  return Symbol.iterator in chunks ? chunks[Symbol.iterator]() : chunks[Symbol.asyncIterator]();
}

/** Feeds the capture until another one's turn comes, or its end. Awaits nothing while it reads a plain file. */
async function readOn(reading: Reading, index: number, chunks: Chunks, onChunk: () => void): Promise<void> {
  const reader = reading.reader(index);
  try {
    while (reading.wanted() === index) {
      const step = chunks.next();
      const { done, value } = step instanceof Promise ? await step : step;
      if (done !== true) reader.feed(value);
      if (done === true || reader.stopped) reading.end(index);
      onChunk();
    }
  } catch (error) {
    if (!(error instanceof PortledgerError)) throw error;
    reading.abandon(index, { code: error.code, message: error.message, offset: error.offset });
  }
}

function refuse({ name }: OpenedCapture, { error }: CaptureSummary): void {
  if (error === null) return;
  throw new PortledgerError(
    error.code,
    `${name}: ${error.message}`,
    error.offset === null ? {} : { offset: error.offset },
  );
}
