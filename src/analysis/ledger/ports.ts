import { PORTS } from '../segment/segment.ts';
import { MIDSTREAM, type Sessions, type TargetGroups } from '../session/sessions.ts';
import type { Ledger, PortRows } from './ledger.ts';
import { gapSeconds } from './reuses.ts';

/** The sessions of each target by local port. */
export function groupPorts({ ports, groups: { targets } }: Sessions): PortRows {
  const { first } = targets;
  const rows = byLocalPort(ports, targets);
  const firstOfTarget = new Uint32Array(targets.count + 1);
  let count = 0;
  for (let target = 0; target < targets.count; target++) {
    firstOfTarget[target] = count;
    count += distinctPorts(ports, rows, first[target]!, first[target + 1]!);
  }
  firstOfTarget[targets.count] = count;
  return {
    count,
    firstOfTarget,
    first: runStarts(ports, rows, first, count),
    sessions: rows,
    lost: new Uint8Array(count),
  };
}

/** Sorted by local port, and then dealt out to the targets. */
function byLocalPort(ports: Uint32Array, { first, count }: TargetGroups): Uint32Array {
  const known = first[count]!;
  const next = new Uint32Array(PORTS + 1);
  for (let row = 0; row < known; row++) next[(ports[row]! >>> 16) + 1]!++;
  for (let port = 0; port < PORTS; port++) next[port + 1]! += next[port]!;
  const sorted = new Uint32Array(known);
  const targetOf = new Uint32Array(known);
  for (let target = 0; target < count; target++) {
    for (let row = first[target]!; row < first[target + 1]!; row++) {
      const place = next[ports[row]! >>> 16]!++;
      sorted[place] = row;
      targetOf[place] = target;
    }
  }
  const nextOfTarget = first.slice();
  const dealt = new Uint32Array(known);
  for (let at = 0; at < known; at++) dealt[nextOfTarget[targetOf[at]!]!++] = sorted[at]!;
  return dealt;
}

function distinctPorts(ports: Uint32Array, rows: Uint32Array, from: number, to: number): number {
  let distinct = 0;
  for (let i = from; i < to; i++) if (i === from || ports[rows[i]!] !== ports[rows[i - 1]!]) distinct++;
  return distinct;
}

function runStarts(ports: Uint32Array, rows: Uint32Array, firstOfGroup: Uint32Array, count: number): Uint32Array {
  const first = new Uint32Array(count + 1);
  let run = 0;
  for (let group = 0; group + 1 < firstOfGroup.length; group++) {
    const from = firstOfGroup[group]!;
    for (let i = from; i < firstOfGroup[group + 1]!; i++) {
      if (i === from || ports[rows[i]!] !== ports[rows[i - 1]!]) first[run++] = i;
    }
  }
  first[count] = rows.length;
  return first;
}

/** The columns of the table `ports`. Times in ns since `Timeline.baseSeconds`; NaN stands for null. */
export interface PortColumns {
  /** Row in `Targets`. */
  readonly target: Uint32Array;
  readonly localPort: Uint16Array;
  readonly synPackets: Uint32Array;
  readonly attempts: Uint32Array;
  readonly sessions: Uint32Array;
  readonly firstUsed: Float64Array;
  readonly lastUsed: Float64Array;
  readonly minGapSeconds: Float64Array;
  readonly lost: Uint8Array;
}

/** Rows `from` up to `to` of the table `ports`. */
export function portColumns(ledger: Ledger, from: number, to: number): PortColumns {
  const { ports } = ledger;
  const size = to - from;
  const columns = {
    target: new Uint32Array(size),
    localPort: new Uint16Array(size),
    synPackets: new Uint32Array(size),
    attempts: new Uint32Array(size),
    sessions: new Uint32Array(size),
    firstUsed: new Float64Array(size),
    lastUsed: new Float64Array(size),
    minGapSeconds: new Float64Array(size),
    lost: ports.lost.slice(from, to),
  };
  for (let run = from; run < to; run++) fillPort(ledger, run, columns, run - from);
  return columns;
}

function fillPort(ledger: Ledger, run: number, columns: PortColumns, at: number): void {
  const { sessions, ports, targetOf } = ledger;
  const first = ports.first[run]!;
  const last = ports.first[run + 1]! - 1;
  const row = ports.sessions[first]!;
  columns.target[at] = targetOf[row]!;
  columns.localPort[at] = sessions.ports[row]! >>> 16;
  columns.sessions[at] = last - first + 1;
  columns.firstUsed[at] = sessions.start[row]!;
  columns.lastUsed[at] = sessions.start[ports.sessions[last]!]!;
  columns.minGapSeconds[at] = Number.NaN;
  for (let i = first; i <= last; i++) addSession(sessions, ports.sessions[i]!, columns, at);
}

function addSession(sessions: Sessions, row: number, columns: PortColumns, at: number): void {
  columns.synPackets[at]! += sessions.synPackets[row]!;
  if ((sessions.facts[row]! & MIDSTREAM) === 0) columns.attempts[at]!++;
  const gap = gapSeconds(sessions, row);
  // The comparison holds where there is no gap yet, too.
  if (!Number.isNaN(gap) && !(gap >= columns.minGapSeconds[at]!)) columns.minGapSeconds[at] = gap;
}

/** Marks local ports of a target as lost, for the table `ports`. */
export function markLost({ sessions, ports }: Ledger, target: number, localPorts: ReadonlySet<number>): void {
  for (let run = ports.firstOfTarget[target]!; run < ports.firstOfTarget[target + 1]!; run++) {
    const localPort = sessions.ports[ports.sessions[ports.first[run]!]!]! >>> 16;
    if (localPorts.has(localPort)) ports.lost[run] = 1;
  }
}
