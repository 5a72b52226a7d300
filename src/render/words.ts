/** Figures of the report as people read them. */
import type { Figures } from '../contract/report.ts';
import type { Inline, Text } from './document.ts';

export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 });
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

/** Code of a finding or key of a figure in plain words: `port-exhaustion`, `longestFullSeconds`. */
export function inWords(name: string): string {
  const spaced = name.replaceAll('-', ' ').replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ');
  const words = spaced
    .toLowerCase()
    .replaceAll('time wait', 'TIME_WAIT')
    .replace(/\bfin\b/, 'FIN')
    .replace(/\bsyn\b/, 'SYN');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

type Figure = Figures[string] | undefined;

/** Label and value of a figure; a name that ends in `Seconds` or `Ratio` tells its unit. */
export function figure(name: string, value: Figure): { label: string; text: Text } {
  const unit = /(Seconds|PerSecond|PerHour)$/.exec(name)?.[1];
  const label = inWords(unit === undefined || name === 'seconds' ? name : name.slice(0, -unit.length));
  const suffix = { Seconds: ' s', PerSecond: ' a second', PerHour: ' an hour' }[unit ?? ''] ?? '';
  return { label, text: [figureText(value, suffix)] };
}

function figureText(value: Figure, suffix: string): string {
  if (value === null || value === undefined) return 'none';
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

const SYSTEM = /\b((?:Windows|Linux|macOS)(?: \([A-Za-z0-9 ]+\))?):\s+/;

/** A step that names commands by system gets a line a system. */
export function stepLines(step: string): Text[] {
  const [intro = '', ...parts] = step.split(SYSTEM);
  const lines: Text[] = intro.trim() === '' ? [] : [rich(intro.trim())];
  for (let at = 0; at < parts.length; at += 2)
    lines.push([{ strong: `${parts[at]}:` }, ' ', ...rich(parts[at + 1]!.trim())]);
  return lines;
}
