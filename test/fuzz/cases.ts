/** Runs spoilt files through the reader and holds it to what must be true of any file. */
import assert from 'node:assert/strict';
import { CaptureReader } from '../../src/analysis/capture/capture-reader.ts';
import type { CaptureSummary } from '../../src/analysis/capture/summary.ts';
import { Addresses } from '../../src/analysis/segment/addresses.ts';
import { NamedProcesses } from '../../src/analysis/segment/named-processes.ts';
import type { Segment, SegmentSink } from '../../src/analysis/segment/segment.ts';
import { Timeline } from '../../src/analysis/segment/timeline.ts';
import { ERRORS } from '../../src/errors.ts';
import { ENCAPSULATIONS } from '../builders/encapsulations.ts';
import { Random } from '../lab/random.ts';
import { corpus } from './corpus.ts';
import { spoiltFile, spoiltFrames } from './mutate.ts';

const HANG_MILLISECONDS = 5000;
const MEMORY_MEBIBYTES = 256;

export interface FuzzRun {
  readonly cases: number;
  readonly seed: number;
  /** Only this one of the cases. */
  readonly only?: number;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzResult {
  readonly cases: number;
  readonly packets: number;
  readonly segments: number;
  /** Cases by the code that they ended with; `none` without. */
  readonly codes: Readonly<Record<string, number>>;
  readonly slowestMilliseconds: number;
  /** Resident memory above the start, at most. */
  readonly memoryMebibytes: number;
}

/** Checks every segment and folds them all into one number. */
class CheckedSegments implements SegmentSink {
  count = 0;
  digest = 0;
  #frame = 0;

  accept(segment: Segment): void {
    const { frame, time, length, flags, sourcePort, destinationPort, seq, ack, source, destination } = segment;
    const { process } = segment;
    assert.ok(frame > this.#frame, `frame ${frame} after ${this.#frame}`);
    assert.ok(Number.isNaN(time) || Number.isFinite(time), `time ${time}`);
    assert.ok(Number.isInteger(length) && length >= 0, `length ${length}`);
    assert.ok(Object.is(process, process | 0), `process ${process}`);
    assert.ok(flags >= 0 && flags <= 255 && (segment.family === 4 || segment.family === 6));
    this.#frame = frame;
    this.count++;
    const values = [frame, time, length, flags, sourcePort, destinationPort, seq, ack, source, destination, process];
    for (const value of values) {
      this.digest = Math.imul(this.digest ^ (value | 0), 0x01000193);
    }
  }
}

interface Outcome {
  readonly summary: CaptureSummary;
  readonly digest: number;
}

/** Reads a file in chunks of at most `chunk` octets. */
function readFile(bytes: Uint8Array, chunk: number): Outcome {
  const sink = new CheckedSegments();
  const reader = new CaptureReader(0, new Timeline(), new Addresses(), sink, new NamedProcesses());
  for (let at = 0; at < bytes.length; at += chunk) reader.feed(bytes.subarray(at, at + chunk));
  reader.end();
  const { summary } = reader;
  assert.equal(sink.count, summary.tcpSegments);
  assert.ok(summary.tcpSegments <= summary.packets);
  assert.ok(summary.error === null || summary.error.code in ERRORS);
  assert.ok(summary.complete || summary.error !== null, 'incomplete without a reason');
  return { summary, digest: sink.digest };
}

/** One case by its seed and number alone. */
function caseFile(good: readonly Uint8Array[], seed: number, number: number): { bytes: Uint8Array; chunk: number } {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ number);
  const bytes = random.chance(0.5) ? spoiltFile(good, random) : spoiltFrames(ENCAPSULATIONS, random);
  return { bytes, chunk: 1 + random.below(random.chance(0.5) ? 40 : 4000) };
}

/** Throws at the first case that does not hold; its message tells how to have that case again. */
export function fuzz({ cases, seed, only, onProgress }: FuzzRun): FuzzResult {
  const good = corpus();
  const expected = readFile(good[0]!, 1000);
  const totals = { packets: 0, segments: 0, codes: {} as Record<string, number>, slowest: 0, memory: 0 };
  const memoryAtStart = process.memoryUsage.rss();
  for (let number = only ?? 0; number < (only === undefined ? cases : only + 1); number++) {
    const { bytes, chunk } = caseFile(good, seed, number);
    try {
      const started = performance.now();
      const outcome = readFile(bytes, chunk);
      const took = performance.now() - started;
      assert.ok(took < HANG_MILLISECONDS, `${took} ms`);
      assert.deepEqual(readFile(bytes, bytes.length + 1), outcome, 'in one piece');
      assert.deepEqual(readFile(good[0]!, 1000), expected, 'a good file after it');
      const code = outcome.summary.error?.code ?? 'none';
      totals.codes[code] = (totals.codes[code] ?? 0) + 1;
      totals.packets += outcome.summary.packets;
      totals.segments += outcome.summary.tcpSegments;
      totals.slowest = Math.max(totals.slowest, took);
    } catch (cause) {
      throw new Error(`case ${number} of seed ${seed} (${bytes.length} octets in chunks of ${chunk})`, { cause });
    }
    if (number % 1000 === 999) {
      totals.memory = Math.max(totals.memory, (process.memoryUsage.rss() - memoryAtStart) / 2 ** 20);
      assert.ok(totals.memory < MEMORY_MEBIBYTES, `${totals.memory} MiB above the start`);
      onProgress?.(number + 1);
    }
  }
  const { slowest, memory, ...rest } = totals;
  return { cases, ...rest, slowestMilliseconds: slowest, memoryMebibytes: memory };
}
