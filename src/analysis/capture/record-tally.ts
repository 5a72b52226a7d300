import type { Dissector } from '../packet/dissector.ts';
import * as layers from '../packet/layers.ts';
import * as oddities from '../packet/oddities.ts';
import type { Segment } from '../segment/segment.ts';
import type { Timeline } from '../segment/timeline.ts';
import type { CaptureInterface } from './record-source.ts';

const { DONE } = layers;
const { CAPTURED_BEYOND_WIRE, CLOCK_STEP, LINK_TYPE_UNSUPPORTED, SNAPPED, TIME_BACKWARDS } = oddities;
const { TIME_FRACTION_INVALID, TIME_OUT_OF_RANGE } = oddities;

/** In nanoseconds. */
const SECOND = 1e9;

/** Counts the records of a file and hands each to the dissector. */
export class RecordTally {
  readonly timeline: Timeline;
  /** Its `time` and `wireLength` are set before each record. */
  readonly segment: Segment;
  readonly oddities: Float64Array;
  #first = Number.NaN;
  /** The latest time before the records last turned backwards. */
  #latest = Number.NEGATIVE_INFINITY;
  /** Of the record before; NaN before the first. */
  #previous = Number.NaN;
  readonly #dissector: Dissector;

  constructor(timeline: Timeline, dissector: Dissector) {
    this.timeline = timeline;
    this.segment = dissector.segment;
    this.oddities = dissector.oddities;
    this.#dissector = dissector;
  }

  get packets(): number {
    return this.segment.frame;
  }

  /** Earliest and latest time; NaN where no record has one. */
  get firstTime(): number {
    return this.#first;
  }

  get lastTime(): number {
    return Math.max(this.#latest, this.#previous);
  }

  /** Sets the time of the next record: Unix seconds, and nanoseconds that should be less than a second. */
  setTime(seconds: number, nanoseconds: number): void {
    if (nanoseconds >= 1e9) this.oddities[TIME_FRACTION_INVALID]!++;
    this.segment.time = (seconds - this.timeline.base(seconds)) * 1e9 + nanoseconds;
  }

  /** The next record has a time that cannot be told. */
  setNoTime(): void {
    this.oddities[TIME_OUT_OF_RANGE]!++;
    this.segment.time = Number.NaN;
  }

  /** Takes the record whose captured octets are [start, end) in `view`. */
  record(view: DataView, start: number, end: number, origin: CaptureInterface): void {
    const { segment } = this;
    segment.frame++;
    origin.packets++;
    if (segment.time >= this.#previous) this.#previous = segment.time;
    else this.#turn(segment.time);
    const captured = end - start;
    if (captured < segment.wireLength) this.oddities[SNAPPED]!++;
    else if (captured > segment.wireLength) this.oddities[CAPTURED_BEYOND_WIRE]!++;
    if (origin.layer === DONE) this.oddities[LINK_TYPE_UNSUPPORTED]!++;
    else this.#dissector.accept(view, start, end, origin.layer);
  }

  /** A record without time, the first one, or one that is earlier than the record before it. */
  #turn(time: number): void {
    if (Number.isNaN(time)) return;
    if (Number.isNaN(this.#previous)) {
      this.#first = time;
    } else {
      this.oddities[TIME_BACKWARDS]!++;
      if (this.#previous - time > SECOND) this.oddities[CLOCK_STEP]!++;
      this.#first = Math.min(this.#first, time);
      this.#latest = this.lastTime;
    }
    this.#previous = time;
  }
}
