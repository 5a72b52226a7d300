import { SECOND } from '../segment/timeline.ts';
import type { Pool } from './ledger.ts';
import { noParts } from './parts.ts';
import { portUses } from './port-uses.ts';
import { type SweepColumns, type UseHolds, useHolds } from './use-holds.ts';

/** Share of the pool at which it counts as full: listeners, excluded ranges and other interfaces are unseen. */
export const FULL_SHARE = 0.9;

/** How long a pool was full; the times of the longest stretch in ns, NaN when there was none. */
export interface FullTime {
  readonly seconds: number;
  readonly longestSeconds: number;
  readonly longestFrom: number;
  readonly longestTo: number;
}

/** Adds up the time in which sessions `rows` kept at least `threshold` ports of the pool busy. It ends with the capture. */
export function fullTime(
  columns: SweepColumns,
  rows: Uint32Array,
  pool: Pool,
  timeWaitSeconds: number,
  threshold: number,
): FullTime {
  const stretches = new Stretches();
  if (threshold < Number.POSITIVE_INFINITY) {
    sweepStretches(columns, rows, pool, Math.round(timeWaitSeconds * SECOND), threshold, stretches);
  }
  stretches.end(columns.span.to);
  return stretches;
}

function sweepStretches(
  columns: SweepColumns,
  rows: Uint32Array,
  pool: Pool,
  timeWait: number,
  threshold: number,
  stretches: Stretches,
): void {
  const { span } = columns;
  const use = useHolds(columns, portUses(columns, rows, pool), noParts(rows), [timeWait]);
  const holders = columns.holders.for(use.size);
  const { released, waiting } = use;
  let busy = 0;
  let release = 0;
  let expiry = 0;
  for (let at = 0; at <= use.count; ) {
    const start = at < use.count ? use.start[at]! : Number.POSITIVE_INFINITY;
    const freed = release < released.use.length ? released.time[release]! : Number.POSITIVE_INFINITY;
    const expired = expiry < waiting.use.length ? waiting.time[expiry]! + timeWait : Number.POSITIVE_INFINITY;
    const time = Math.min(start, freed, expired);
    if (!(time <= span.to)) break;
    if (freed === time) busy -= freePort(use, released.use[release++]!, holders);
    else if (expired === time) busy -= freePort(use, waiting.use[expiry++]!, holders);
    else if (use.restBefore[at++]! > 0 && holders[use.port[at - 1]!]!++ === 0) busy++;
    stretches.level(busy >= threshold, time);
  }
  holders.fill(0, 0, use.size);
}

/** Ends a use's hold: 1 when the port is free from then on, else 0. */
function freePort({ port }: UseHolds, at: number, holders: Int32Array): number {
  return --holders[port[at]!]! === 0 ? 1 : 0;
}

/** The stretches of time in which something holds; left and reached again at one moment, it is the same stretch. */
class Stretches implements FullTime {
  seconds = 0;
  longestFrom = Number.NaN;
  longestTo = Number.NaN;
  #holds = false;
  #from = Number.NaN;
  #until = Number.NaN;

  get longestSeconds(): number {
    const length = this.longestTo - this.longestFrom;
    return Number.isNaN(length) ? 0 : length / SECOND;
  }

  level(holds: boolean, time: number): void {
    if (holds === this.#holds) return;
    this.#holds = holds;
    if (!holds) {
      this.#until = time;
    } else if (this.#until !== time) {
      this.#close();
      this.#from = time;
    }
  }

  end(time: number): void {
    if (this.#holds) this.#until = time;
    this.#close();
  }

  #close(): void {
    const length = this.#until - this.#from;
    if (Number.isNaN(length)) return;
    this.seconds += length / SECOND;
    if (length <= this.longestTo - this.longestFrom) return;
    this.longestFrom = this.#from;
    this.longestTo = this.#until;
  }
}
