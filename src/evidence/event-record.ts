import { EVENT_NUMBERS, type EventNumber } from '../contract/evidence.ts';
import type { Clock, KnownTime } from './clock.ts';
import type { Property } from './connection-record.ts';
import { endpointsIn, errorsNamed } from './event-words.ts';
import type { FactCollector } from './fact-collector.ts';

const TEXT_LIMIT = 4096;

/** The source of the three events; the rule is source and number, never the text, which is translated. */
export function isTcpip(source: string | null): boolean {
  return source !== null && /^(tcpip6?|microsoft-windows-tcpip)$/i.test(source.trim());
}

/** The low 16 bits of an event's number are its id: 0x80001083 is 4227. */
export function eventId(text: string | null): number | null {
  const trimmed = text?.trim() ?? '';
  return /^(0x[0-9a-f]{1,8}|-?\d{1,10})$/i.test(trimmed) ? Number(trimmed) & 0xffff : null;
}

interface EventContext {
  facts: FactCollector;
  clock: Clock;
}

interface EventParts {
  source: string | null;
  id: number | null;
  time: KnownTime | null;
  text: string;
  line: number;
}

/**
 * Keeps an event that matters here: one of the three of Tcpip, or one of any source whose text names WSAEADDRINUSE or
 * WSAENOBUFS. False for any other.
 */
export function keepEvent(event: EventParts, context: EventContext): boolean {
  if (event.source !== null && event.id !== null) context.facts.recognise();
  const numbers = new Set<EventNumber>(errorsNamed(event.text));
  if (isTcpip(event.source) && isKnown(event.id)) numbers.add(event.id);
  if (numbers.size === 0) return false;
  if (event.time === null) {
    context.facts.unreadable(event.line, `an event ${[...numbers].join(', ')} without a time that can be read`);
    return true;
  }
  const text = event.text.trim().slice(0, TEXT_LIMIT);
  const place = { file: context.facts.file, line: event.line };
  context.facts.event({ ...event.time, numbers: [...numbers], endpoints: endpointsIn(text), text, place });
  return true;
}

function isKnown(id: number | null): id is EventNumber {
  return (EVENT_NUMBERS as readonly (number | null)[]).includes(id) && id !== null && id < 10_000;
}

/** A record of Get-WinEvent or Get-EventLog by its property names. */
export function eventOfProperties(property: Property, line: number, context: EventContext): boolean {
  const time = context.clock.parseProperty(property('TimeCreated') ?? property('TimeGenerated') ?? '');
  const source = property('ProviderName') ?? property('Source');
  const id = eventId(property('Id') ?? property('EventID') ?? property('InstanceId'));
  return keepEvent({ source, id, time, text: property('Message') ?? '', line }, context);
}

/** Event Viewer's export: its header is translated and its message has none, so the fields are told by what they hold. */
export function isEventRecord(text: string, fields: string[], clock: Clock): boolean {
  if (fields.length < 4 || (!fields.some(isTcpip) && errorsNamed(text).length === 0)) return false;
  return fields.some((field) => clock.parse(field) !== null);
}

export function eventOfFields(text: string, fields: string[], line: number, context: EventContext): void {
  const sourceAt = fields.findIndex(isTcpip);
  const id =
    sourceAt < 0
      ? null
      : fields
          .slice(sourceAt + 1)
          .map(eventId)
          .find((number) => number !== null);
  let time: KnownTime | null = null;
  for (const field of fields) time ??= context.clock.parse(field);
  const longest = fields.reduce((best, field) => (field.length > best.length ? field : best), '');
  keepEvent(
    { source: fields[sourceAt] ?? null, id: id ?? null, time, text: sourceAt < 0 ? text : longest, line },
    context,
  );
}
