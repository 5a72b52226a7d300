import type { LoggedEvent } from '../contract/evidence.ts';
import { type EventOption, parseEvent } from '../contract/options.ts';
import { PortledgerError } from '../errors.ts';
import { Clock } from './clock.ts';
import { endpointsIn, numbersIn } from './event-words.ts';

/**
 * An event that the user reports: `TIME[ TEXT]`, or the two apart. In the text the numbers 4227, 4231, 4266, 10048 and
 * 10055, the errors' names and `address:port` are understood. A time without a zone is at `utcOffset`, else UTC.
 * @throws {PortledgerError} `option-invalid` where no time begins it.
 */
export function parseEventOption(
  option: string | { time: string; text?: string | undefined },
  utcOffset?: string,
): LoggedEvent {
  const { time, text = '' }: EventOption = typeof option === 'string' ? parseEvent(option) : withText(option);
  const found = new Clock({ utcOffset }).find(time.toUpperCase());
  if (!found || found.end < time.length) {
    throw new PortledgerError('option-invalid', `events: "${time.slice(0, 60)}" is no time, as 2026-03-01T14:05:00Z`);
  }
  const words = { numbers: numbersIn(text), endpoints: endpointsIn(text), text };
  return { time: found.time, zone: found.zone, ...words, place: null };
}

function withText({ time, text = '' }: { time: string; text?: string | undefined }): EventOption {
  return { time: time.trim(), text: text.trim() };
}
