import type { Dissector } from '../packet/dissector.ts';
import { Frame } from '../packet/frame.ts';
import {
  CAPTURED_BEYOND_WIRE,
  LINK_TYPE_UNSUPPORTED,
  SNAPPED,
  TIME_BACKWARDS,
  TIME_MISSING,
} from '../packet/oddities.ts';
import type { Timeline } from '../segment/timeline.ts';
import type { CaptureInterface } from './record-source.ts';

/** Counts the records of a file and hands each to the dissector. */
export class RecordTally {
  readonly frame = new Frame();
  readonly timeline: Timeline;
  readonly oddities: Float64Array;
  firstTime = Number.NaN;
  lastTime = Number.NaN;
  /** Of the record before; NaN before the first. */
  #previous = Number.NaN;
  readonly #dissector: Dissector;

  constructor(timeline: Timeline, dissector: Dissector) {
    this.timeline = timeline;
    this.oddities = dissector.oddities;
    this.#dissector = dissector;
  }

  get packets(): number {
    return this.frame.number;
  }

  /**
   * Takes the record that `frame` was filled with: view, offset, end, wireLength, time and link. `link` is the layer of
   * the interface's link type.
   */
  record(origin: CaptureInterface): void {
    const { frame } = this;
    frame.number++;
    origin.packets++;
    this.#count(frame);
    if (frame.link === 0) this.oddities[LINK_TYPE_UNSUPPORTED]!++;
    else this.#dissector.accept(frame);
  }

  #count(frame: Frame): void {
    this.#clock(frame.time);
    const captured = frame.end - frame.offset;
    frame.wireEnd = frame.offset + frame.wireLength;
    if (captured < frame.wireLength) this.oddities[SNAPPED]!++;
    else if (captured > frame.wireLength) this.oddities[CAPTURED_BEYOND_WIRE]!++;
  }

  #clock(time: number): void {
    if (time >= this.#previous) {
      this.#previous = time;
      if (time > this.lastTime) this.lastTime = time;
    } else if (time < this.#previous) {
      this.#previous = time;
      this.oddities[TIME_BACKWARDS]!++;
      if (time < this.firstTime) this.firstTime = time;
    } else if (Number.isNaN(time)) {
      this.oddities[TIME_MISSING]!++;
    } else {
      this.firstTime = time;
      this.lastTime = time;
      this.#previous = time;
    }
  }
}
