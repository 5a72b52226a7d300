import type { Clock } from './clock.ts';
import { eventId, keepEvent } from './event-record.ts';
import type { FactCollector } from './fact-collector.ts';

const EVENT_LENGTH_LIMIT = 1 << 20;
const BEGIN = /<Event[ >]/;
const END = '</Event>';

/**
 * Events as XML: `wevtutil /f:xml` with or without a root, rendered or not, and Event Viewer's "Save as XML". Only the
 * parts that matter are looked at, so that one damaged event does not cost the others.
 */
export function readEventXml(pieces: Iterable<string>, facts: FactCollector, clock: Clock): void {
  let rest = '';
  let line = 1;
  const drop = (length: number) => {
    line += newlines(rest, length);
    rest = rest.slice(length);
  };
  for (const piece of pieces) {
    rest += piece;
    for (let event = nextEvent(rest); event !== null; event = nextEvent(rest)) {
      const endless = rest.slice(0, event.start).search(BEGIN);
      if (endless >= 0) facts.unreadable(line + newlines(rest, endless), 'an event without its end');
      drop(event.start);
      readEvent(rest.slice(0, event.length), line, { facts, clock });
      drop(event.length);
    }
    if (rest.length <= EVENT_LENGTH_LIMIT) continue;
    if (BEGIN.test(rest)) facts.unreadable(line, `an event of more than ${EVENT_LENGTH_LIMIT} characters`);
    drop(rest.length - END.length);
  }
  const cut = rest.search(BEGIN);
  if (cut >= 0) facts.unreadable(line + newlines(rest, cut), 'the file ends inside an event');
}

function newlines(text: string, length: number): number {
  return text.slice(0, length).split('\n').length - 1;
}

/** The last beginning before the first end: where an event lost its end, the next one is still whole. */
function nextEvent(text: string): { start: number; length: number } | null {
  const end = text.indexOf(END);
  if (end < 0) return null;
  const start = Math.max(text.lastIndexOf('<Event ', end), text.lastIndexOf('<Event>', end));
  const from = start < 0 ? end : start;
  return { start: from, length: end + END.length - from };
}

function readEvent(xml: string, line: number, context: { facts: FactCollector; clock: Clock }): void {
  const timeText = attribute(xml, 'TimeCreated', 'SystemTime');
  const source = attribute(xml, 'Provider', 'Name') ?? attribute(xml, 'Provider', 'EventSourceName');
  const id = eventId(element(xml, 'EventID'));
  const text = element(xml, 'Message') ?? elements(xml, 'Data').join(' ');
  keepEvent({ source, id, time: context.clock.parse(timeText ?? ''), text, line }, context);
}

function attribute(xml: string, tag: string, name: string): string | null {
  const at = xml.indexOf(`<${tag} `);
  const head = at < 0 ? '' : xml.slice(at, at + 1024);
  const found = new RegExp(`\\s${name}\\s?=\\s?(?:'([^']{0,256})'|"([^"]{0,256})")`).exec(
    head.slice(0, head.indexOf('>') + 1),
  );
  return found ? unescaped(found[1] ?? found[2]!) : null;
}

function element(xml: string, tag: string): string | null {
  return elements(xml, tag)[0] ?? null;
}

function elements(xml: string, tag: string): string[] {
  const found: string[] = [];
  const close = `</${tag}>`;
  for (let at = 0; found.length < 32; ) {
    const start = xml.indexOf(`<${tag}`, at);
    const open = start < 0 ? -1 : xml.indexOf('>', start);
    const end = open < 0 ? -1 : xml.indexOf(close, open);
    if (end < 0) break;
    const named = /[\s>]/.test(xml[start + tag.length + 1] ?? '');
    if (named && xml[open - 1] !== '/') found.push(unescaped(xml.slice(open + 1, end)));
    at = named && xml[open - 1] !== '/' ? end : open;
  }
  return found;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[name.toLowerCase()]!;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
