import { MIDSTREAM } from '../session/sessions.ts';
import type { Ledger, Pool } from './ledger.ts';

/**
 * Sessions on ports of a pool, in the order of their starts: what occupancy, order of allocation and lost ports are read
 * from. Columns of their own, side by side: the columns of all sessions stand in another order.
 */
export interface PortUses {
  readonly count: number;
  /** Those from here on have no start; they are in the order of the captures. */
  readonly timed: number;
  /** Ports of the pool: `port` runs from 0 up to this. */
  readonly size: number;
  /** Session row. */
  readonly session: Uint32Array;
  /** Nanoseconds since the base. */
  readonly start: Float64Array;
  /** Index of the local port in the pool. */
  readonly port: Uint16Array;
  /** Row of the target. */
  readonly target: Uint32Array;
  /** 1 for attempts; a midstream session holds its port but was not drawn in this capture. */
  readonly isDraw: Uint8Array;
}

/** Those among the session rows, which are given by start. */
export function portUses(
  { sessions, targetOf }: Pick<Ledger, 'sessions' | 'targetOf'>,
  rows: Uint32Array,
  pool: Pool,
): PortUses {
  const { ports, facts, start: starts } = sessions;
  const session = new Uint32Array(rows.length);
  const start = new Float64Array(rows.length);
  const port = new Uint16Array(rows.length);
  const target = new Uint32Array(rows.length);
  const isDraw = new Uint8Array(rows.length);
  let count = 0;
  let timed = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const localPort = ports[row]! >>> 16;
    if (!pool.has(localPort)) continue;
    session[count] = row;
    start[count] = starts[row]!;
    port[count] = localPort - pool.first;
    target[count] = targetOf[row]!;
    isDraw[count] = facts[row]! & MIDSTREAM ? 0 : 1;
    count++;
    if (!Number.isNaN(starts[row]!)) timed = count;
  }
  return { size: pool.size, timed, ...cutTo({ session, start, port, target, isDraw }, count) };
}

function cutTo({ session, start, port, target, isDraw }: Omit<PortUses, 'count' | 'timed' | 'size'>, count: number) {
  return {
    count,
    session: session.subarray(0, count),
    start: start.subarray(0, count),
    port: port.subarray(0, count),
    target: target.subarray(0, count),
    isDraw: isDraw.subarray(0, count),
  };
}

/** Without those that have no start. */
export function timedUses(uses: PortUses): PortUses {
  return uses.timed === uses.count ? uses : { ...uses, ...cutTo(uses, uses.timed) };
}
