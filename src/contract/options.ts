/**
 * The options of an analysis in their text forms (command line, query) and the checks that a schema cannot make.
 * Both entries to an analysis use these, so that an option means the same everywhere.
 */
import { isIP } from 'node:net';
import { PortledgerError } from '../errors.ts';
import { EVIDENCE_YEARS } from './evidence.ts';
import type { AnalysisOptions, PortRange } from './job.ts';

export type EventOption = { time: string; text?: string };

/** RFC 3339; the seconds, their fraction and the zone may be missing, and a space may stand for the T. */
const TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|z|[+-]\d{2}:\d{2})?/;
const PORT_RANGE = /^(\d{1,5})-(\d{1,5})$/;
const UTC_OFFSET = /^(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

const invalid = (message: string) => new PortledgerError('option-invalid', message);

/** `49152-65535` as first and last port. */
export function parsePortRange(text: string): PortRange {
  const match = PORT_RANGE.exec(text);
  if (match === null) throw invalid(`portRange: "${text}" is not of the form FIRST-LAST, as 49152-65535`);
  const range = { first: Number(match[1]), last: Number(match[2]) };
  checkPortRange(range);
  return range;
}

/** `TIME[ TEXT]`: the time of an event and what it said. */
export function parseEvent(event: string): EventOption {
  const time = TIME.exec(event)?.[0];
  const rest = event.slice(time?.length ?? 0);
  if (time === undefined || (rest !== '' && !/^\s/.test(rest)) || !isTime(time)) {
    throw invalid(
      `events: "${event.slice(0, 60)}" does not begin with a time from ${EVIDENCE_YEARS.first} to ${EVIDENCE_YEARS.last}, as 2026-03-01T14:05:00Z`,
    );
  }
  const text = rest.trim();
  return text === '' ? { time } : { time, text };
}

/** Checks what the schema of the options leaves open, and throws `option-invalid` for the first that is wrong. */
export function checkOptions(options: AnalysisOptions): void {
  if (options.portRange !== undefined) checkPortRange(options.portRange);
  for (const client of options.clients ?? []) {
    if (isIP(client) === 0) throw invalid(`clients: "${client.slice(0, 60)}" is not an IPv4 or IPv6 address`);
  }
  for (const event of options.events ?? []) {
    if (typeof event === 'string') parseEvent(event);
    else checkTimeAlone(event.time);
  }
  if (options.utcOffset !== undefined && !UTC_OFFSET.test(options.utcOffset)) {
    throw invalid(`utcOffset: "${options.utcOffset.slice(0, 20)}" is not of the form +HH:MM, up to 14:59`);
  }
}

function checkTimeAlone(time: string): void {
  const { text } = parseEvent(time.trim());
  if (text === undefined) return;
  throw invalid(`events: the time "${time.slice(0, 60)}" has more behind it; what the event said goes into "text"`);
}

function checkPortRange({ first, last }: PortRange): void {
  if (first < 1 || last > 65535 || first > last) {
    throw invalid(`portRange: ${first}-${last} is not a range of ports within 1-65535`);
  }
}

function isTime(text: string): boolean {
  const [, date, minutes, seconds = '00', , zone = 'Z'] = TIME.exec(text)!;
  const written = `${date}T${minutes}:${seconds}`;
  const parsed = new Date(`${written}Z`);
  const year = Number(written.slice(0, 4));
  if (year < EVIDENCE_YEARS.first || year > EVIDENCE_YEARS.last) return false;
  if (Number.isNaN(parsed.getTime()) || Number.isNaN(Date.parse(`${written}${zone.toUpperCase()}`))) return false;
  return parsed.toISOString().startsWith(written); // Date rolls 30 February over into March
}
