import type { LoggedEvent } from '../contract/evidence.ts';
import { PortledgerError } from '../errors.ts';
import { Clock } from './clock.ts';
import { endpointsIn, numbersIn } from './event-words.ts';

const EXAMPLE = "'2024-05-01T09:30:00Z' or '2024-05-01 11:30:00 +02:00 4227 towards 10.2.0.1:3200'";

/**
 * An event that the user reports: `TIME[ TEXT]`, or the two apart. In the text the numbers 4227, 4231, 4266, 10048 and
 * 10055, the errors' names and `address:port` are understood. A time without a zone is at `utcOffset`, else UTC.
 * @throws {PortledgerError} `option-invalid` where no time begins it.
 */
export function parseEventOption(
  option: string | { time: string; text?: string | undefined },
  utcOffset?: string,
): LoggedEvent {
  const whole = typeof option === 'string' ? option.trim() : option.time.trim();
  const found = new Clock({ utcOffset }).find(whole.slice(0, 80));
  if (!found || found.start > 0) throw invalid(whole);
  const rest = whole.slice(found.end).trim();
  if (typeof option !== 'string' && rest !== '') throw invalid(whole);
  const text = typeof option === 'string' ? rest : (option.text ?? '').trim();
  return {
    time: found.time,
    zone: found.zone,
    numbers: numbersIn(text),
    endpoints: endpointsIn(text),
    text,
    place: null,
  };
}

function invalid(text: string): PortledgerError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  return new PortledgerError(
    'option-invalid',
    `event "${shown}" does not begin with a date and time: write ${EXAMPLE}`,
  );
}
