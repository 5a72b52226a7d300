import type { Clock, KnownTime } from './clock.ts';
import { openConnectionList } from './connection-list.ts';
import { openConnectionTable } from './connection-table.ts';
import { openCsv } from './csv-section.ts';
import type { WrittenDate } from './dates.ts';
import { openEventTable, openEventText } from './event-text.ts';
import type { FactCollector } from './fact-collector.ts';
import type { Line } from './lines.ts';
import { openExcludedPorts, openPortRangeSetting, openRuledList } from './netsh.ts';
import { openNetstat, openSs } from './netstat.ts';
import type { Opener, Section, TextContext } from './section.ts';
import { openLinuxStatistics, openStatistics } from './statistics.ts';

const TITLES = 3;

/**
 * A line that is a time and little else stands for all that follows; one behind a long label may be of anything, as when
 * the system was booted, and stands for what follows at once.
 */
const LONGEST_LABEL = 24;
const REACH_OF_LABELLED = 8;

/** Each knows its format by a line that no other has; only a provider's title could be a label of copied event text. */
const OPENERS: Opener[] = [
  openNetstat,
  openSs,
  openCsv,
  openConnectionTable,
  openConnectionList,
  openRuledList,
  openExcludedPorts,
  openPortRangeSetting,
  openStatistics,
  openLinuxStatistics,
  openEventTable,
  openEventText,
];

/** Reads console text of any mixture of formats: what a script wrote minute after minute into one file. */
export function readText(lines: Iterable<Line>, facts: FactCollector, clock: Clock): void {
  const reader = new TextReader(facts, clock);
  for (const line of lines) reader.line(line);
  reader.end();
}

class TextReader implements TextContext {
  readonly facts: FactCollector;
  readonly clock: Clock;
  readonly titles: string[] = [];
  #section: Section | null = null;
  #time: KnownTime | null = null;
  #timeUsedBy = new Set<string>();
  #date: WrittenDate | null = null;
  /** Lines of no format that the time still stands for. */
  #reach = 0;

  constructor(facts: FactCollector, clock: Clock) {
    this.facts = facts;
    this.clock = clock;
  }

  line(line: Line): void {
    if (line.cut) {
      this.facts.unreadable(line.number, `a line of more than ${line.text.length} characters`);
      return;
    }
    if (this.#section?.take(line)) return;
    this.#close();
    for (const open of OPENERS) {
      this.#section = open(line, this);
      if (this.#section) return;
    }
    this.#lookForTime(line.text);
    this.remember(line.text);
  }

  end(): void {
    this.#close();
  }

  #close(): void {
    this.#section?.close();
    this.#section = null;
  }

  remember(title: string): void {
    if (title.trim() === '') return;
    this.titles.push(title);
    if (this.titles.length > TITLES) this.titles.shift();
  }

  takeTime(kind: string): KnownTime | null {
    if (this.#timeUsedBy.has(kind)) return null;
    this.#timeUsedBy.add(kind);
    return this.#time;
  }

  /** `echo %date% %time%`, `Get-Date`, `date`; or `date /t` and `time /t` on a line each. */
  #lookForTime(text: string): void {
    if (text.trim() !== '' && this.#reach-- === 0) this.#time = null;
    if (!/\d/.test(text) || text.includes(' . .')) return;
    const found = this.clock.find(text);
    const label = found ? text.trim().length - (found.end - found.start) : 0;
    const time = found ?? (this.#date && this.clock.findTimeAlone(afterLabel(text), this.#date));
    if (time) {
      this.#time = { time: time.time, zone: time.zone };
      this.#timeUsedBy = new Set();
      this.#reach = label > LONGEST_LABEL ? REACH_OF_LABELLED : Number.POSITIVE_INFINITY;
    } else this.#date = this.clock.findDateAlone(afterLabel(text)) ?? this.#date;
  }
}

/** `The current time is: 22:13:20.12` */
function afterLabel(text: string): string {
  const label = /^[^\d:]{1,60}:\s/.exec(text);
  return label ? text.slice(label[0].length) : text;
}
