/** Figures of the report as people read them. */
import type { Figures } from '../contract/report.ts';
import type { Inline, Text } from './document.ts';

/** Whole numbers in full, others with four digits; what is very small keeps its size. */
export function count(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  const [whole, fraction] = String(Number.isInteger(value) ? value : Number(value.toPrecision(4))).split('.');
  // The first toLocaleString of a process takes 9 ms and 8 MB: a tenth of an analysis of a small capture.
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

export function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(ratio < 0.1 ? 2 : 3))} %`;
}

export function seconds(value: number | null): string {
  if (value === null) return '–';
  return `${Number(value.toPrecision(value < 1000 ? 4 : 6))} s`;
}

/** `2026-03-01T14:05:00.123456Z` as `2026-03-01 14:05:00 UTC`. */
export function moment(time: string | null): string {
  return time === null ? 'unknown' : `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
}

/** From one time to another; a day that is the same is not said twice. */
export function span(from: string | null, to: string | null): string {
  if (from === null || to === null) return 'unknown';
  const sameDay = from.slice(0, 10) === to.slice(0, 10);
  const begin = `${from.slice(0, 10)} ${from.slice(11, 19)}`;
  return `${begin} to ${sameDay ? '' : `${to.slice(0, 10)} `}${to.slice(11, 19)} UTC (${lasting(Date.parse(to) - Date.parse(from))})`;
}

function lasting(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Bytes with a unit that leaves three digits. */
export function bytes(value: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let [size, unit] = [value, 0];
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000;
  return `${Number(size.toPrecision(3))} ${units[unit]}`;
}

const SHOWN_RANGES = 40;

/** Ports as ranges, as far as a reader follows: `49152-49160, 49163`. */
export function portRanges(ports: readonly number[], total: number): string {
  const sorted = [...new Set(ports)].sort((a, b) => a - b);
  const ranges: string[] = [];
  for (let first = 0; first < sorted.length && ranges.length < SHOWN_RANGES; ) {
    let last = first;
    while (sorted[last + 1] === sorted[last]! + 1) last++;
    ranges.push(last === first ? `${sorted[first]}` : `${sorted[first]}-${sorted[last]}`);
    first = last + 1;
  }
  const cut = ranges.length === SHOWN_RANGES || total > sorted.length;
  return `${ranges.join(', ')}${cut ? ', …' : ''} (${plural(total, 'port')})`;
}

const TERMS: readonly (readonly [RegExp, string])[] = [
  [/\btime wait\b/, 'TIME_WAIT'],
  [/\bsyn ack\b/, 'SYN-ACK'],
  [/\bhalf (closed|open)\b/, 'half-$1'],
  [/\bmc nemar\b/, 'McNemar'],
];

/** Figures whose words alone would be those of another: ports in TIME_WAIT, and how long that is. */
const LABELS: Readonly<Record<string, string>> = { timeWait: 'In TIME_WAIT' };

/** Code of a finding or key of a figure in plain words: `port-exhaustion`, `longestFullSeconds`. */
export function inWords(name: string): string {
  const spaced = name.replaceAll('-', ' ').replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z]{2}|To)(?=[0-9])/g, ' ');
  const words = TERMS.reduce((text, [pattern, written]) => text.replace(pattern, written), spaced.toLowerCase());
  const shouted = words.replace(/\b(syn|fin|rst|tcp|isn|pid)\b/g, (word) => word.toUpperCase());
  return shouted.charAt(0).toUpperCase() + shouted.slice(1);
}

type Figure = Figures[string] | undefined;

/** Label and value of a figure; a name that ends in `Seconds` or `Ratio` tells its unit. */
export function figure(name: string, value: Figure): { label: string; text: Text } {
  const unit = /(Seconds|PerSecond|PerHour)$/.exec(name)?.[1];
  const label = LABELS[name] ?? inWords(unit === undefined || name === 'seconds' ? name : name.slice(0, -unit.length));
  const suffix = { Seconds: ' s', PerSecond: ' a second', PerHour: ' an hour' }[unit ?? ''] ?? '';
  return { label, text: [figureText(value, suffix)] };
}

function figureText(value: Figure, suffix: string): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  if (Array.isArray(value)) return value.map((item) => figureText(item, suffix)).join(', ');
  if (typeof value === 'number') return count(value) + suffix;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** Text in which backticks mark what is to be taken literally. */
export function rich(text: string): Inline[] {
  return text
    .split(/`([^`]+)`/)
    .map((part, index): Inline => (index % 2 === 1 ? { code: part } : part))
    .filter((part) => part !== '');
}

/** Where a sentence begins with the name of a system. */
const SYSTEM = /(?<=^|[.?!] )((?:Windows|Linux|macOS)(?: \([A-Za-z0-9 ]+\))?):\s+/;

/** A step that names commands by system gets a line a system, with no full stop that would be copied with a command. */
export function stepLines(step: string): Text[] {
  const [intro = '', ...parts] = step.split(SYSTEM);
  const lines: Text[] = intro.trim() === '' ? [] : [rich(unstopped(intro))];
  for (let at = 0; at < parts.length; at += 2)
    lines.push([{ strong: `${parts[at]}:` }, ' ', ...rich(unstopped(parts[at + 1]!))]);
  return lines;
}

function unstopped(text: string): string {
  return text.trim().replace(/`\.$/, '`');
}
