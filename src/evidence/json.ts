import type { Clock, KnownTime } from './clock.ts';
import { type Property, readConnection } from './connection-record.ts';
import { eventOfProperties } from './event-record.ts';
import type { FactCollector } from './fact-collector.ts';
import { type JsonRecord, splitJson } from './json-records.ts';
import type { OpenSnapshot } from './snapshot.ts';

/** `ConvertTo-Json` of Get-NetTCPConnection, Get-WinEvent or Get-EventLog, as PowerShell 5 and 7 write it. */
export function readJson(pieces: Iterable<string>, facts: FactCollector, clock: Clock): void {
  const reader = new JsonReader(facts, clock);
  for (const record of splitJson(pieces)) reader.record(record);
  reader.end();
}

class JsonReader {
  readonly #facts: FactCollector;
  readonly #clock: Clock;
  #snapshot: OpenSnapshot | null = null;
  /** Name of a property that holds the time of the snapshot; undefined until a record told. */
  #timeName: string | null | undefined;
  #time: KnownTime | null = null;

  constructor(facts: FactCollector, clock: Clock) {
    this.#facts = facts;
    this.#clock = clock;
  }

  record(record: JsonRecord): void {
    const value = record.broken === null ? parsed(record.text) : null;
    if (value === null) this.#unreadable(record.line, record.broken ?? 'an object that is no JSON');
    else if ('LocalPort' in value) this.#connection(value, record.line);
    else eventOfProperties(propertyOf(value), record.line, { facts: this.#facts, clock: this.#clock });
  }

  end(): void {
    this.#snapshot?.close();
  }

  #unreadable(line: number, reason: string): void {
    this.#facts.unreadable(line, reason);
    this.#snapshot?.doubt('ipv4', 'ipv6');
  }

  #connection(value: Record<string, unknown>, line: number): void {
    const property = propertyOf(value);
    const snapshot = this.#snapshotAt(value, property, line);
    const read = readConnection(property, this.#clock, line);
    if (read) snapshot.add(read.row);
    else snapshot.unreadable(line, 'a connection without ports');
    if (read?.cut) snapshot.doubt('ipv4', 'ipv6');
  }

  /** `Select-Object @{n='Time';e={Get-Date}}, *`: the time of the snapshot in every record. */
  #snapshotAt(value: Record<string, unknown>, property: Property, line: number): OpenSnapshot {
    this.#timeName ??=
      Object.keys(value).find((name) => !OTHER_TIMES.has(name) && this.#timeOf(property(name))) ?? null;
    const time = this.#timeName === null ? null : this.#timeOf(property(this.#timeName));
    if (this.#snapshot && time?.time === this.#time?.time) return this.#snapshot;
    this.#snapshot?.close();
    this.#time = time;
    this.#snapshot = this.#facts.openSnapshot('Get-NetTCPConnection', line, time);
    return this.#snapshot;
  }

  #timeOf(text: string | null): KnownTime | null {
    return text === null ? null : this.#clock.parseProperty(text);
  }
}

const OTHER_TIMES = new Set(['CreationTime', 'InstallDate']);

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** Numbers as their digits; PowerShell 5 wraps a date that carries a DisplayHint. */
function propertyOf(record: Record<string, unknown>): Property {
  return (name) => {
    const value = Object.hasOwn(record, name) ? record[name] : null;
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    const wrapped = typeof value === 'object' && value !== null ? (value as { value?: unknown }).value : null;
    return typeof wrapped === 'string' ? wrapped : null;
  };
}
