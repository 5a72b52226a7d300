import type { UnixNanoseconds, Zone } from '../contract/evidence.ts';
import { type CalendarDate, findDate, type WrittenDate } from './dates.ts';

const NANOSECONDS = 1_000_000_000n;
/** A line that tells a time is short. */
const LONGEST = 256;

const TIME_OF_DAY = /(?<![\d:.,])(\d{1,2})(:|\.)(\d{2})(?:\2(\d{2})(?:[.,](\d{1,9}))?)?(?![\d:])/u;
const HALF_DAY = /^\s{0,2}(a\.?\s?m\b\.?|p\.?\s?m\b\.?)/iu;
const CJK_HALF_DAY = /(上午|午前|오전)|(下午|午後|오후)/u;
const ZONE = /^\s{0,2}(?:(Z|UTC|GMT)(?![\p{L}\d])(?:\s?([+-])(\d{1,2})(?::?(\d{2}))?)?|([+-])(\d{2}):?(\d{2})(?!\d))/u;

export interface KnownTime {
  time: UnixNanoseconds;
  zone: Zone;
}

export interface FoundTime extends KnownTime {
  start: number;
  end: number;
}

interface TimeOfDay {
  nanoseconds: bigint;
  offsetMinutes: number | null;
  start: number;
  end: number;
}

/** Reads the times of one file: its order of day and month, and the offset for times that state no zone. */
export class Clock {
  readonly #offset: number | null;
  readonly #dayFirst: boolean;
  readonly #near: UnixNanoseconds | null;

  /** @param near a time of the capture: of the two readings of 03/04/2025 the nearer one counts, where nothing tells. */
  constructor(
    options: { utcOffset?: string | undefined; near?: UnixNanoseconds | undefined },
    dayFirst: boolean | null = null,
  ) {
    this.#offset = options.utcOffset === undefined ? null : offsetMinutes(options.utcOffset);
    this.#dayFirst = dayFirst ?? true;
    this.#near = dayFirst === null ? (options.near ?? null) : null;
  }

  /** The first date with a time of day in a short text. */
  find(text: string): FoundTime | null {
    if (text.length > LONGEST || !/\d/.test(text)) return null;
    const date = findDate(text, this.#dayFirst);
    const timeOfDay = date && this.#timeBeside(text, date);
    if (!date || !timeOfDay) return null;
    const start = Math.min(date.start, timeOfDay.start);
    return { ...this.#at(date, timeOfDay), start, end: Math.max(date.end, timeOfDay.end) };
  }

  /** A whole text that is a time, as in a field of a table; null where more stands beside it. */
  parse(text: string): KnownTime | null {
    const trimmed = text.trim();
    const found = this.find(trimmed);
    if (!found || trimmed.length - (found.end - found.start) > 24) return null;
    return { time: found.time, zone: found.zone };
  }

  /** A property of a PowerShell object: a date as text, or milliseconds since 1970 as ConvertTo-Json writes them. */
  parseProperty(text: string): KnownTime | null {
    const milliseconds = /^\/Date\((\d{1,15})(?:[+-]\d{4})?\)\/$/.exec(text);
    return milliseconds ? { time: BigInt(milliseconds[1]!) * 1_000_000n, zone: 'stated' } : this.parse(text);
  }

  /** A date that stands alone (`date /t`), to be joined with the time of day of the next line. */
  findDateAlone(text: string): WrittenDate | null {
    if (text.length > 64 || !/\d/.test(text)) return null;
    const date = findDate(text, this.#dayFirst);
    return date && !/\d/.test(text.slice(0, date.start) + text.slice(date.end)) ? date : null;
  }

  /** A time of day that stands alone (`time /t`, `echo %time%`), on the given date. */
  findTimeAlone(text: string, date: WrittenDate): KnownTime | null {
    if (text.length > 64) return null;
    const timeOfDay = findTimeOfDay(text, 0, text);
    if (!timeOfDay || /\d/.test(text.slice(0, timeOfDay.start) + text.slice(timeOfDay.end))) return null;
    return this.#at(date, timeOfDay);
  }

  /** After the date; within it, as `date` of Unix writes; before it. */
  #timeBeside(text: string, date: WrittenDate): TimeOfDay | null {
    const inside = text.slice(date.start, date.end).includes(':');
    if (inside) return findTimeOfDay(text.slice(0, date.end), date.start, text);
    return findTimeOfDay(text, date.end, text) ?? findTimeOfDay(text.slice(0, date.start), 0, text);
  }

  #at(date: WrittenDate, timeOfDay: TimeOfDay): KnownTime {
    const offset = timeOfDay.offsetMinutes ?? this.#offset;
    const zone = timeOfDay.offsetMinutes !== null ? 'stated' : this.#offset !== null ? 'given' : 'assumed';
    const time = unixNanoseconds(date.date, timeOfDay, offset ?? 0);
    if (!date.swapped || this.#near === null) return { time, zone };
    const other = unixNanoseconds(date.swapped, timeOfDay, offset ?? 0);
    return { time: distance(other, this.#near) < distance(time, this.#near) ? other : time, zone };
  }
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}

function unixNanoseconds(date: CalendarDate, timeOfDay: TimeOfDay, offset: number): UnixNanoseconds {
  const midnight = BigInt(Date.UTC(date.year, date.month - 1, date.day) / 1000 - offset * 60);
  return midnight * NANOSECONDS + timeOfDay.nanoseconds;
}

/** The first time of day in `text` from `from` on; `text` is the beginning of `line`. */
function findTimeOfDay(text: string, from: number, line: string): TimeOfDay | null {
  const found = TIME_OF_DAY.exec(text.slice(from));
  if (!found) return null;
  const start = from + found.index;
  let end = start + found[0].length;
  const half = HALF_DAY.exec(line.slice(end));
  if (half) end += half[0].length;
  const zone = zoneAt(line, end);
  const hour = hourOf(Number(found[1]), half?.[1], line);
  const [minute, second] = [Number(found[3]), Number(found[4] ?? 0)];
  if (hour === null || minute > 59 || second > 60) return null;
  const nanoseconds = BigInt(hour * 3600 + minute * 60 + second) * NANOSECONDS + fraction(found[5]);
  return { nanoseconds, offsetMinutes: zone.minutes, start, end: zone.end };
}

function fraction(digits: string | undefined): bigint {
  return BigInt((digits ?? '').padEnd(9, '0'));
}

/** East Asian consoles write the half of the day before the time, with words of their own. */
function hourOf(hour: number, half: string | undefined, line: string): number | null {
  const cjk = half === undefined ? CJK_HALF_DAY.exec(line) : null;
  const morning = half?.toLowerCase().startsWith('a') ?? cjk?.[1] !== undefined;
  const afternoon = half?.toLowerCase().startsWith('p') ?? cjk?.[2] !== undefined;
  if (morning || afternoon) return hour > 12 ? null : (hour % 12) + (afternoon ? 12 : 0);
  return hour <= 23 ? hour : null;
}

function zoneAt(line: string, end: number): { minutes: number | null; end: number } {
  const zone = ZONE.exec(line.slice(end));
  if (!zone) return { minutes: null, end };
  const sign = (zone[2] ?? zone[5]) === '-' ? -1 : 1;
  const minutes = sign * (Number(zone[3] ?? zone[6] ?? 0) * 60 + Number(zone[4] ?? zone[7] ?? 0));
  return { minutes, end: end + zone[0].length };
}

/** Minutes east of Greenwich of `Z` or `+HH:MM`; null for anything else. */
function offsetMinutes(text: string): number | null {
  if (text === 'Z') return 0;
  const found = /^([+-])(\d{2}):(\d{2})$/.exec(text);
  if (!found || Number(found[2]) > 14 || Number(found[3]) > 59) return null;
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}
