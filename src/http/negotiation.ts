/** Which of several media types a client gets: `?format=` before `Accept` (RFC 9110 section 12.5.1). */
import type { FastifyRequest } from 'fastify';
import { PortledgerError } from '../errors.ts';

/** Media types by the name that `?format=` has for them; the first is the default. */
export type Formats = Readonly<Record<string, string>>;

/** Throws `query-invalid` for a format that does not exist, `not-acceptable` when Accept leaves none. */
export function formatOf<F extends Formats>(formats: F, request: FastifyRequest): keyof F & string {
  const { format } = request.query as { format?: unknown };
  if (format === undefined) return accepted(formats, request.headers.accept);
  if (typeof format === 'string' && Object.hasOwn(formats, format)) return format;
  const known = Object.keys(formats).join(', ');
  throw new PortledgerError('query-invalid', `format is "${String(format).slice(0, 80)}", but can be ${known}`);
}

function accepted<F extends Formats>(formats: F, accept: string | undefined): keyof F & string {
  const ranges = rangesOf(accept ?? '*/*');
  let best: string | null = null;
  let bestQuality = 0;
  for (const [name, type] of Object.entries(formats)) {
    const quality = qualityOf(type, ranges);
    if (quality > bestQuality) [best, bestQuality] = [name, quality];
  }
  if (best !== null) return best;
  throw new PortledgerError('not-acceptable', `Accept leaves none of ${Object.values(formats).join(', ')}`);
}

type MediaRange = { range: string; quality: number };

function rangesOf(accept: string): MediaRange[] {
  return accept.split(',').map((part) => {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { range, quality: quality === undefined ? 1 : Number(quality) || 0 };
  });
}

/** The most specific range that fits decides. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  for (const range of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const found = ranges.find((each) => each.range === range);
    if (found !== undefined) return found.quality;
  }
  return 0;
}
