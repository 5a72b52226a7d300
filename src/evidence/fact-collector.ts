import {
  type DynamicPortRange,
  type EvidenceFacts,
  type ExcludedPortRange,
  emptyFacts,
  type LoggedEvent,
  type SocketSnapshot,
  type TcpStatistics,
} from '../contract/evidence.ts';
import type { KnownTime } from './clock.ts';
import { OpenSnapshot } from './snapshot.ts';
import { SharedTexts } from './socket-rows.ts';

/** A netstat a minute for three days on a busy server; about 33 bytes a row. */
const ROW_LIMIT = 4_000_000;
const EVENT_LIMIT = 100_000;
const RANGE_LIMIT = 10_000;
/** What a person reads; the rest is counted. */
const UNREADABLE_LIMIT = 50;

/** Gathers what one file yields, within bounds. */
export class FactCollector {
  readonly file: string;
  readonly #facts: EvidenceFacts = emptyFacts();
  readonly #texts = new SharedTexts();
  #recognised = false;
  #rows = 0;
  #unreadable = 0;
  #lastUnreadableLine = 0;

  constructor(file: string) {
    this.file = file;
  }

  openSnapshot(tool: SocketSnapshot['tool'], line: number, time: KnownTime | null): OpenSnapshot {
    return new OpenSnapshot(this, this.#texts, tool, line, time);
  }

  closeSnapshot(snapshot: SocketSnapshot): void {
    if (snapshot.rows.length > 0) this.#facts.snapshots.push(snapshot);
  }

  lastSnapshot(tool: SocketSnapshot['tool']): SocketSnapshot | undefined {
    return this.#facts.snapshots.findLast((snapshot) => snapshot.tool === tool);
  }

  /** False when no more rows are taken. */
  countRow(line: number): boolean {
    this.#rows++;
    if (this.#rows === ROW_LIMIT + 1) this.unreadable(line, `more than ${ROW_LIMIT} rows; the rest was left out`);
    return this.#rows <= ROW_LIMIT;
  }

  dynamicPorts(range: DynamicPortRange): void {
    if (this.#facts.dynamicPorts.length < RANGE_LIMIT) this.#facts.dynamicPorts.push(range);
  }

  excludedPorts(range: ExcludedPortRange): void {
    if (this.#facts.excludedPorts.length < RANGE_LIMIT) this.#facts.excludedPorts.push(range);
  }

  statistics(statistics: TcpStatistics): void {
    if (this.#facts.statistics.length < RANGE_LIMIT) this.#facts.statistics.push(statistics);
  }

  event(event: LoggedEvent): void {
    if (this.#facts.events.length < EVENT_LIMIT) this.#facts.events.push(event);
    else this.unreadable(event.place?.line ?? 1, `more than ${EVENT_LIMIT} events; the rest was left out`);
  }

  unreadable(line: number, reason: string): void {
    this.#lastUnreadableLine = line;
    if (++this.#unreadable <= UNREADABLE_LIMIT) this.#facts.unreadable.push({ file: this.file, line, reason });
  }

  /** The format was known, though nothing in it may matter here: events of other sources, an empty table. */
  recognise(): void {
    this.#recognised = true;
  }

  get nothingFound(): boolean {
    if (this.#recognised) return false;
    const { snapshots, dynamicPorts, excludedPorts, statistics, events, unreadable } = this.#facts;
    return [snapshots, dynamicPorts, excludedPorts, statistics, events, unreadable].every((list) => list.length === 0);
  }

  finish(): EvidenceFacts {
    this.#doubtUntimedSnapshots();
    const more = this.#unreadable - UNREADABLE_LIMIT;
    if (more > 0) {
      const reason = `${more} more lines that could not be read, up to this one`;
      this.#facts.unreadable.push({ file: this.file, line: this.#lastUnreadableLine, reason });
    }
    return this.#facts;
  }

  /**
   * Of many lists without a time only the last counts as taken at the capture's end. When the others were taken, none
   * knows exactly: at or after the time that stands before them.
   */
  #doubtUntimedSnapshots(): void {
    let before: SocketSnapshot | null = null;
    for (const snapshot of this.#facts.snapshots) {
      if (snapshot.time !== null) before = snapshot;
      else if (snapshot !== this.lastSnapshot(snapshot.tool)) {
        snapshot.time = before?.time ?? null;
        snapshot.zone = before?.zone ?? null;
        snapshot.complete = { ipv4: false, ipv6: false };
      }
    }
  }
}
