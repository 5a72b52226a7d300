import { MIDSTREAM } from '../session/sessions.ts';
import { countParts } from './counts.ts';
import { closedDurations, MIN_CLOSED_SESSIONS, percentile99 } from './durations.ts';
import { KEPT_FROM_SESSIONS, LargeTargets } from './large-targets.ts';
import type {
  Clients,
  Ledger,
  LedgerInput,
  Occupancy,
  Pool,
  PortRows,
  ReuseRows,
  Span,
  TargetCounts,
  Targets,
} from './ledger.ts';
import { type OccupancyQuestion, occupanciesOf, occupancyOf } from './occupancy.ts';
import { onePart } from './parts.ts';
import { poolOf } from './pool.ts';
import type { SweepColumns } from './port-use.ts';
import { observeTimeWait, reportedTimeWaits } from './time-wait.ts';

const PORTS = 65536;

export interface LedgerColumns {
  readonly span: Span;
  readonly targets: Targets;
  readonly clients: Clients;
  readonly ports: PortRows;
  readonly reuses: ReuseRows;
  readonly targetOf: Int32Array;
  readonly before: Int32Array;
  readonly heldUntil: Float64Array;
}

/** The grouped columns, and the figures of a group when someone asks. */
export class SessionLedger implements Ledger {
  readonly sessions: Ledger['sessions'];
  readonly addresses: Ledger['addresses'];
  readonly timeline: Ledger['timeline'];
  readonly options: Ledger['options'];
  readonly span: Span;
  readonly targets: Targets;
  readonly clients: Clients;
  readonly ports: PortRows;
  readonly reuses: ReuseRows;
  readonly targetOf: Int32Array;
  readonly before: Int32Array;
  readonly heldUntil: Float64Array;
  readonly #timeWaits: readonly number[];
  readonly #sweep: SweepColumns;
  readonly #reported: ReadonlySet<string>;

  constructor(input: LedgerInput, columns: LedgerColumns) {
    this.sessions = input.sessions;
    this.addresses = input.addresses;
    this.timeline = input.timeline;
    this.options = input.options;
    this.span = columns.span;
    this.targets = columns.targets;
    this.clients = columns.clients;
    this.ports = columns.ports;
    this.reuses = columns.reuses;
    this.targetOf = columns.targetOf;
    this.before = columns.before;
    this.heldUntil = columns.heldUntil;
    this.#timeWaits = reportedTimeWaits(input.options.timeWaitSeconds);
    this.#reported = new Set(input.options.clients);
    this.#sweep = {
      ...columns,
      sessions: input.sessions,
      mark: new Uint8Array(input.sessions.count),
      holders: new Uint32Array(PORTS),
    };
  }

  counts(target: number): TargetCounts {
    const rows = this.#rowsOfTarget(target);
    const distinct = this.targets.distinctLocalPorts[target]!;
    if (rows.length < KEPT_FROM_SESSIONS) return countParts(this.sessions, rows, onePart(rows)).of(0, distinct);
    const client = this.targets.client[target]!;
    const { parts, tally } = this.#tallies.of(client, this.#rowsOfClient(client));
    return tally.of(parts.partOf(target), distinct);
  }

  distinctLocalPorts(client: number): number {
    const seen = new Uint8Array(PORTS);
    let distinct = 0;
    for (const row of this.#rowsOfClient(client)) {
      const port = this.sessions.ports[row]! >>> 16;
      if (seen[port] === 1 || this.sessions.facts[row]! & MIDSTREAM) continue;
      seen[port] = 1;
      distinct++;
    }
    return distinct;
  }

  pool(client: number): Pool {
    return this.#pools.of(client, this.#rowsOfClient(client));
  }

  timeWait(client: number) {
    return this.#timeWaitsSeen.of(client, this.#rowsOfClient(client));
  }

  longDuration(target: number): number {
    const own = closedDurations(this.sessions, this.#rowsOfTarget(target));
    if (own.length >= MIN_CLOSED_SESSIONS) return percentile99(own);
    const client = this.targets.client[target]!;
    return this.#longDurations.of(client, this.#rowsOfClient(client));
  }

  targetOccupancy(target: number): Occupancy {
    const rows = this.#rowsOfTarget(target);
    const client = this.targets.client[target]!;
    if (rows.length < KEPT_FROM_SESSIONS) return occupancyOf(this.#sweep, rows, this.#question(client));
    const { parts, ofTargets } = this.#occupancies.of(client, this.#rowsOfClient(client));
    return ofTargets[parts.partOf(target)]!;
  }

  clientOccupancy(client: number): Occupancy {
    const rows = this.#rowsOfClient(client);
    if (rows.length < KEPT_FROM_SESSIONS) return occupancyOf(this.#sweep, rows, this.#question(client));
    return this.#occupancies.of(client, rows).whole;
  }

  isReported(client: number): boolean {
    return this.#reported.size === 0 || this.#reported.has(this.addresses.text(this.clients.address[client]!));
  }

  readonly #pools = new Kept((client, rows) =>
    poolOf(this.sessions, rows, this.addresses.text(this.clients.address[client]!), this.options),
  );

  readonly #timeWaitsSeen = new Kept((_, rows) => observeTimeWait(this.sessions, rows, this.options.timeWaitSeconds));

  readonly #longDurations = new Kept((_, rows) => percentile99(closedDurations(this.sessions, rows)));

  /** Of a large client's large targets, from one pass over its sessions. */
  readonly #tallies = new Kept((client, rows) => {
    const parts = new LargeTargets(this, client);
    return { parts, tally: countParts(this.sessions, rows, parts) };
  });

  /** Of a large client, and from the same sweeps of its large targets. */
  readonly #occupancies = new Kept((client, rows) => {
    const parts = new LargeTargets(this, client);
    const [whole, ...ofTargets] = occupanciesOf(this.#sweep, rows, parts, this.#question(client));
    return { parts, whole: whole!, ofTargets };
  });

  #question(client: number): OccupancyQuestion {
    const { effectiveSeconds } = this.timeWait(client);
    return { pool: this.pool(client), timeWaits: this.#timeWaits, effective: effectiveSeconds };
  }

  #rowsOfTarget(target: number): Uint32Array {
    return this.targets.sessions.subarray(this.targets.first[target]!, this.targets.first[target + 1]!);
  }

  #rowsOfClient(client: number): Uint32Array {
    return this.clients.sessions.subarray(this.clients.first[client]!, this.clients.first[client + 1]!);
  }
}

/** Figures by group, kept for groups that are costly to look through. */
class Kept<T> {
  readonly #make: (group: number, rows: Uint32Array) => T;
  readonly #kept = new Map<number, T>();

  constructor(make: (group: number, rows: Uint32Array) => T) {
    this.#make = make;
  }

  of(group: number, rows: Uint32Array): T {
    const known = this.#kept.get(group);
    if (known !== undefined) return known;
    const made = this.#make(group, rows);
    if (rows.length >= KEPT_FROM_SESSIONS) this.#kept.set(group, made);
    return made;
  }
}
