import { EVIDENCE_YEARS } from '../contract/evidence.ts';

/** A date as people and consoles write it. `swapped` is the other reading of 03/04/2025, null where there is only one. */
export interface WrittenDate {
  date: CalendarDate;
  swapped: CalendarDate | null;
  start: number;
  end: number;
}

export interface CalendarDate {
  year: number;
  month: number;
  day: number;
}

/** First letters of the months' names, without accents: English, German, French, Spanish, Italian and more. */
const MONTHS: [number, string][] = [
  [1, 'jan ene gen sty янв'],
  [2, 'feb fev lut фев'],
  [3, 'mar maa мар'],
  [4, 'apr avr abr kwi апр'],
  [5, 'may mai maj mag mei мая май'],
  [6, 'jun juin giu cze июн'],
  [7, 'jul juil lug lip июл'],
  [8, 'aug aou ago sie авг'],
  [9, 'sep set wrz сен'],
  [10, 'oct okt ott out paz окт'],
  [11, 'nov lis ноя'],
  [12, 'dec dez dic gru дек'],
];
const MONTH_BY_STEM = new Map(MONTHS.flatMap(([month, stems]) => stems.split(' ').map((stem) => [stem, month])));

/** Names of the days of the week, Sunday first; enough letters to tell them apart. */
const WEEKDAYS = [
  'sun sonn son dim dom вс',
  'mon mont lun пн',
  'tue die mart mar вт',
  'wed mit mer mie ср',
  'thu don jeu gio jue чт',
  'fri fre ven vie пт',
  'sat sam sab сб',
];
const DAY_BY_STEM = new Map(
  WEEKDAYS.flatMap((stems, day) => stems.split(' ').map((stem) => [stem, day] as [string, number])),
);

const NUMERIC = /(?<![\d.:])(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{2,4})(?!\d|\.\d)/u;
const CJK = /(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]/u;
const DAY_MONTH_YEAR =
  /(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.)?[\s/-](?:de\s)?(\p{L}{3,12})\.?,?[\s/-](?:de\s)?(\d{4}|\d{2}(?!\d|:))/u;
const MONTH_DAY_YEAR = /(?<!\p{L})(\p{L}{3,12})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})(?!\d)/u;
/** `date` of Unix: the time of day and perhaps a zone stand before the year. */
const MONTH_DAY_TIME_YEAR = /(?<!\p{L})(\p{L}{3})\s{1,2}(\d{1,2})\s\d{2}:\d{2}:\d{2}\s(?:[A-Z]{1,5}\s)?(\d{4})(?!\d)/u;

/** The first date in a short text; month before day where the order is not told and `dayFirst` is false. */
export function findDate(text: string, dayFirst: boolean): WrittenDate | null {
  return numericDate(text, dayFirst) ?? namedDate(text);
}

function numericDate(text: string, dayFirst: boolean): WrittenDate | null {
  const found = NUMERIC.exec(text);
  if (!found) return null;
  const [whole, a, , b, c] = found as unknown as [string, string, string, string, string];
  const at = { start: found.index, end: found.index + whole.length };
  if (a.length === 4) return c.length > 2 ? null : written(Number(a), Number(b), Number(c), at);
  if (a.length === 3 || c.length === 3) return null;
  const year = fullYear(c);
  const dayMonth = calendarDate(year, Number(b), Number(a));
  const monthDay = calendarDate(year, Number(a), Number(b));
  const [date, swapped] = dayFirst || found[2] === '.' ? [dayMonth, monthDay] : [monthDay, dayMonth];
  if (date && swapped && found[2] !== '.' && a !== b) return { date, swapped, ...at };
  const only = date ?? (found[2] === '.' ? null : swapped);
  return only && { date: only, swapped: null, ...at };
}

function namedDate(text: string): WrittenDate | null {
  const unix = MONTH_DAY_TIME_YEAR.exec(text);
  if (unix) return written(Number(unix[3]), monthOf(unix[1]!), Number(unix[2]), span(unix));
  const cjk = CJK.exec(text);
  if (cjk) return written(Number(cjk[1]), Number(cjk[2]), Number(cjk[3]), span(cjk));
  const monthDay = MONTH_DAY_YEAR.exec(text);
  if (monthDay) return written(Number(monthDay[3]), monthOf(monthDay[1]!), Number(monthDay[2]), span(monthDay));
  const dayMonth = DAY_MONTH_YEAR.exec(text);
  return dayMonth && written(fullYear(dayMonth[3]!), monthOf(dayMonth[2]!), Number(dayMonth[1]), span(dayMonth));
}

function span(found: RegExpExecArray): { start: number; end: number } {
  return { start: found.index, end: found.index + found[0].length };
}

function written(year: number, month: number, day: number, at: { start: number; end: number }): WrittenDate | null {
  const date = calendarDate(year, month, day);
  return date && { date, swapped: null, ...at };
}

function fullYear(text: string): number {
  return text.length === 2 ? 2000 + Number(text) : Number(text);
}

function calendarDate(year: number, month: number, day: number): CalendarDate | null {
  if (year < EVIDENCE_YEARS.first || year > EVIDENCE_YEARS.last || month < 1 || month > 12 || day < 1) return null;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate() ? { year, month, day } : null;
}

function monthOf(name: string): number {
  const plain = plainLetters(name);
  return MONTH_BY_STEM.get(plain.slice(0, 4)) ?? MONTH_BY_STEM.get(plain.slice(0, 3)) ?? 0;
}

function plainLetters(word: string): string {
  return word
    .toLowerCase()
    .replace('й', 'и')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '');
}

/**
 * Whether this file writes the day before the month, from its beginning: a part above 12 tells, or a weekday beside the
 * date; else AM and PM, which go with the month first. Null when nothing tells.
 */
export function learnDayFirst(sample: string): boolean | null {
  let halfDays = false;
  for (const found of sample.matchAll(/(?<![\d.:/-])(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?!\d)/gu)) {
    const [a, b, year] = [Number(found[1]), Number(found[3]), Number(found[4])];
    if (a > 12 && b <= 12) return true;
    if (b > 12 && a <= 12) return false;
    const byWeekday = toldByWeekday(sample.slice(Math.max(0, found.index - 16), found.index), year, a, b);
    if (byWeekday !== null) return byWeekday;
    halfDays ||= /[ap]\.?m\b/i.test(sample.slice(found.index, found.index + 32));
  }
  return halfDays ? false : null;
}

function toldByWeekday(before: string, year: number, a: number, b: number): boolean | null {
  const word = /(\p{L}{2,12})[.,]?\s{0,2}$/u.exec(before)?.[1];
  const plain = plainLetters(word ?? '');
  const weekday = DAY_BY_STEM.get(plain.slice(0, 4)) ?? DAY_BY_STEM.get(plain.slice(0, 3)) ?? DAY_BY_STEM.get(plain);
  if (weekday === undefined || a === b) return null;
  const dayFirst = new Date(Date.UTC(year, b - 1, a)).getUTCDay() === weekday;
  const monthFirst = new Date(Date.UTC(year, a - 1, b)).getUTCDay() === weekday;
  return dayFirst === monthFirst ? null : dayFirst;
}
