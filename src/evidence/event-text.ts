import type { KnownTime } from './clock.ts';
import { eventId, isTcpip, keepEvent } from './event-record.ts';
import type { Line } from './lines.ts';
import type { Section, TextContext } from './section.ts';

const LINES_OF_EVENT = 60;
const LABELLED = /^\s{0,8}([^:]{1,40}):(?:\s+(.*))?$/u;
/** `Event[0]:` of `wevtutil /f:text`, in any language. */
const EVENT_BEGINS = /^\s{0,4}\p{L}{3,20}\[\d{1,9}\]:?\s*$/u;

/** `wevtutil qe ... /f:text`, and what "Copy details as text" of Event Viewer gives: told by values, labels are translated. */
export function openEventText(line: Line, context: TextContext): Section | null {
  const source = LABELLED.exec(line.text)?.[2] ?? null;
  if (EVENT_BEGINS.test(line.text)) return new EventText(line.number, null, context);
  return isTcpip(source) ? new EventText(line.number, source, context) : null;
}

class EventText implements Section {
  readonly #line: number;
  readonly #context: TextContext;
  #source: string | null;
  #time: KnownTime | null = null;
  #id: number | null = null;
  #text = '';
  #taken = 0;

  constructor(line: number, source: string | null, context: TextContext) {
    this.#line = line;
    this.#source = source;
    this.#context = context;
  }

  take(line: Line): boolean {
    if (EVENT_BEGINS.test(line.text) || ++this.#taken > LINES_OF_EVENT) return false;
    if (line.text.trim() === '') return this.#text === '';
    const labelled = LABELLED.exec(line.text);
    if (labelled && this.#text === '') this.#field(labelled[2]?.trim() ?? '');
    else if (this.#id !== null) this.#text += ` ${line.text.trim()}`;
    return true;
  }

  /** The event's number is the first number below its source. */
  #field(value: string): void {
    const time = this.#time === null ? this.#context.clock.parse(value) : null;
    if (time) this.#time = time;
    else if (isTcpip(value)) this.#source = value;
    else if (this.#id === null) this.#id = eventId(value);
  }

  close(): void {
    const { facts, clock } = this.#context;
    const event = { source: this.#source, id: this.#id, time: this.#time, text: this.#text, line: this.#line };
    keepEvent(event, { facts, clock });
  }
}

/** The default table of Get-WinEvent: a group a provider, rows of time, number, level and message. */
export function openEventTable(line: Line, context: TextContext): Section | null {
  const provider = /^\s{0,8}ProviderName:\s{1,8}(\S.{0,200})$/.exec(line.text);
  return provider ? new EventTable(provider[1]!, context) : null;
}

class EventTable implements Section {
  readonly #source: string;
  readonly #context: TextContext;

  constructor(source: string, context: TextContext) {
    this.#source = source;
    this.#context = context;
  }

  take(line: Line): boolean {
    if (/^\s*$|^TimeCreated\s|^-{3,}\s/.test(line.text)) return true;
    const found = this.#context.clock.find(line.text.slice(0, 80));
    const row = found && /^\s{1,20}(\d{1,6})\s(.*)$/u.exec(line.text.slice(found.end));
    if (!found || !row || found.start > 0) return false;
    const { facts, clock } = this.#context;
    keepEvent(
      { source: this.#source, id: Number(row[1]), time: found, text: row[2]!, line: line.number },
      { facts, clock },
    );
    return true;
  }

  close(): void {}
}
