import type { Clock, KnownTime } from './clock.ts';
import type { FactCollector } from './fact-collector.ts';
import type { Line } from './lines.ts';

/** A part of a console text in one format. */
export interface Section {
  /** Whether the line belongs to this part; what does not is offered to the others. */
  take(line: Line): boolean;
  close(): void;
}

/** Begins a section at the line that only this format has; the line is taken with it. */
export type Opener = (line: Line, context: TextContext) => Section | null;

/** What the sections of one text share. */
export interface TextContext {
  readonly facts: FactCollector;
  readonly clock: Clock;
  /** The last lines that were no rows, the latest last: titles name the protocol there. */
  readonly titles: readonly string[];
  remember(title: string): void;
  /** The time of the line before, for the first part of each kind after it; null where none is told. */
  takeTime(kind: string): KnownTime | null;
}

/** `  name : value` with a number, as netsh writes it in any language. */
export function numberAfterColon(text: string): number | null {
  const found = /^[^:：]{1,80}[:：]\s{0,60}(\d{1,20})\s{0,60}$/u.exec(text);
  return found ? Number(found[1]) : null;
}

/** The protocol that the nearest title or command line names. */
export function namedProtocol(titles: readonly string[]): 'tcp' | 'udp' | null {
  for (const title of titles.toReversed()) {
    const found = /(?<!\p{L})(tcp|udp)(?!\p{L})/iu.exec(title);
    if (found) return found[1]!.toLowerCase() as 'tcp' | 'udp';
  }
  return null;
}
