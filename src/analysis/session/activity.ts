import type { Addresses } from '../segment/addresses.ts';
import { ClockSteps } from './clock-steps.ts';
import * as layout from './row-layout.ts';
import type { SessionColumns } from './session-columns.ts';

const { LEFT, RIGHT, V6, WORDS_SHIFT } = layout;

/**
 * Which hosts were alive when, kept beside the sessions: it tells a host whose new attempts stopped from a host, or a
 * capture, that fell silent altogether.
 */
export interface Activity {
  /**
   * The seconds of the timeline (floor(time / 1e9)) within [from, to) in which `address` (an id of `Addresses`) sent or
   * received a TCP segment. Times in nanoseconds since `Timeline.baseSeconds`.
   */
  seconds(address: number, from: number, to: number): ActiveSeconds;
  /** Silences longer than 60 s in which no host sent a TCP segment at all, in order of time. */
  readonly silences: readonly Silence[];
  /** Median pause between neighbouring TCP segments of the whole capture, in seconds; a power of two will do. */
  readonly medianPauseSeconds: number;
}

export interface ActiveSeconds {
  /** How many such seconds. */
  readonly count: number;
  /** Start of the last of them in nanoseconds since the base; NaN when there is none. */
  readonly last: number;
}

export interface Silence {
  readonly from: number;
  readonly to: number;
}

const SECOND = 1e9;
const HOLE_NANOSECONDS = 60e9;
/** Bitmaps of seconds take at most this; hosts that come later count as silent, which can hide a stall, never invent one. */
const MAX_WORDS = 16 * 2 ** 20;
const MAX_SECONDS = 2 ** 24;
const RECENT_HOSTS = 256;
const RECENT_MASK = RECENT_HOSTS - 1;

/** Takes the times of the segments while they are tracked. */
export class HostActivity implements Activity {
  readonly silences: Silence[] = [];
  readonly clockSteps = new ClockSteps();
  readonly #addresses: Addresses;
  /** One bit a second and host, by dense address id. */
  readonly #bitmaps = new Map<number, Uint32Array>();
  #words = 0;
  readonly #recentHosts = new Int32Array(RECENT_HOSTS);
  readonly #recentMarks = new Int32Array(RECENT_HOSTS).fill(-1);
  /** Pauses by the bit length of their microseconds. */
  readonly #pauses = new Float64Array(33);
  #latest = Number.NaN;
  #secondStart = Number.POSITIVE_INFINITY;
  #secondEnd = Number.NEGATIVE_INFINITY;

  constructor(addresses: Addresses) {
    this.#addresses = addresses;
  }

  /** The times of the next segments, in the order of the timeline: those from `first` to before `end`. */
  tick(times: Float64Array, first: number, end: number): void {
    const pauses = this.#pauses;
    let latest = this.#latest;
    for (let index = first; index < end; index++) {
      const time = times[index]!;
      const pause = time - latest;
      if (pause >= 0) {
        pauses[32 - Math.clz32(pause * 1e-3)]!++;
        if (pause > HOLE_NANOSECONDS) this.silences.push({ from: latest, to: time });
        latest = time;
      } else if (Number.isNaN(pause)) {
        latest = time;
      } else {
        this.clockSteps.note(time, latest);
      }
    }
    this.#latest = latest;
  }

  /** A segment of the session at `time`; the one before came at `end`, earlier. Only the first of a second does any work. */
  note(columns: SessionColumns, row: number, end: number, time: number): void {
    if (end < this.#secondStart || time >= this.#secondEnd) this.#noteSecond(columns, row, end, time);
  }

  #noteSecond(columns: SessionColumns, row: number, end: number, time: number): void {
    const second = Math.floor(time / SECOND);
    this.#secondStart = second * SECOND;
    this.#secondEnd = this.#secondStart + SECOND;
    if (end >= this.#secondStart || second < 0 || second >= MAX_SECONDS) return;
    const word = row << WORDS_SHIFT;
    const v6 = columns.facts(row) & V6;
    this.#markHost(v6, columns.words[word + LEFT]!, second);
    this.#markHost(v6, columns.words[word + RIGHT]!, second);
  }

  /** A host has many sessions in a second: a small table of those that were marked last keeps most from the maps. */
  #markHost(v6: number, host: number, second: number): void {
    const slot = (host ^ (host >>> 8) ^ (host >>> 16)) & RECENT_MASK;
    const mark = second * 2 + (v6 === 0 ? 0 : 1);
    if (this.#recentHosts[slot] === host && this.#recentMarks[slot] === mark) return;
    this.#recentHosts[slot] = host;
    this.#recentMarks[slot] = mark;
    this.#mark(this.#addresses.idOf(v6 === 0 ? 4 : 6, host >>> 0), second);
  }

  #mark(address: number, second: number): void {
    const word = second >>> 5;
    let bitmap = this.#bitmaps.get(address);
    if (bitmap === undefined || word >= bitmap.length) {
      bitmap = this.#grow(address, bitmap, word);
      if (bitmap === undefined) return;
    }
    bitmap[word]! |= 1 << (second & 31);
  }

  #grow(address: number, bitmap: Uint32Array | undefined, word: number): Uint32Array | undefined {
    const words = 2 ** Math.ceil(Math.log2(word + 8));
    const more = words - (bitmap?.length ?? 0);
    if (this.#words + more > MAX_WORDS) return undefined;
    this.#words += more;
    const larger = new Uint32Array(words);
    if (bitmap !== undefined) larger.set(bitmap);
    this.#bitmaps.set(address, larger);
    return larger;
  }

  seconds(address: number, from: number, to: number): ActiveSeconds {
    const bitmap = this.#bitmaps.get(address);
    let count = 0;
    let last = Number.NaN;
    if (bitmap === undefined) return { count, last };
    const end = Math.min(Math.ceil(to / SECOND), bitmap.length * 32);
    for (let second = Math.max(0, Math.ceil(from / SECOND)); second < end; second++) {
      if ((bitmap[second >>> 5]! & (1 << (second & 31))) === 0) continue;
      count++;
      last = second * SECOND;
    }
    return { count, last };
  }

  get medianPauseSeconds(): number {
    const half = this.#pauses.reduce((sum, count) => sum + count, 0) / 2;
    let sum = 0;
    let bits = 0;
    while (bits < 32 && sum + this.#pauses[bits]! < half) sum += this.#pauses[bits++]!;
    return 2 ** bits * 1e-6;
  }
}
