import { MIDSTREAM } from '../session/sessions.ts';
import { countLargeTargets, countTarget } from './counts.ts';
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
  TimeWaitFigures,
} from './ledger.ts';
import { type OccupancyQuestion, occupanciesOf, occupancyOf } from './occupancy.ts';
import { hostsAt, poolOf } from './pool.ts';
import type { SweepColumns } from './port-use.ts';
import { groupPorts } from './ports.ts';
import { Holders } from './sweep.ts';
import { ObservedTimeWaits, reportedTimeWaits } from './time-wait.ts';

const PORTS = 65536;

/** The grouped columns; see `Ledger`. */
export type LedgerColumns = Pick<
  Ledger,
  'span' | 'targets' | 'clients' | 'reuses' | 'targetOf' | 'before' | 'heldUntil'
>;

/** The grouped columns, and the figures of a group when someone asks. */
export class SessionLedger implements Ledger {
  readonly sessions: Ledger['sessions'];
  readonly addresses: Ledger['addresses'];
  readonly timeline: Ledger['timeline'];
  readonly options: Ledger['options'];
  readonly span: Span;
  readonly targets: Targets;
  readonly clients: Clients;
  readonly reuses: ReuseRows;
  readonly targetOf: Int32Array;
  readonly before: Int32Array;
  readonly heldUntil: Float64Array;
  readonly #reportedTimeWaits: readonly number[];
  readonly #reportedClients: ReadonlySet<string>;
  readonly #sweep: SweepColumns;
  readonly #timeWaits: ObservedTimeWaits;
  readonly #large: LargeTargets;
  #ports: PortRows | null = null;
  #largeCounts: ReturnType<typeof countLargeTargets> | null = null;

  constructor(input: LedgerInput, columns: LedgerColumns) {
    const { sessions, options } = input;
    this.sessions = sessions;
    this.addresses = input.addresses;
    this.timeline = input.timeline;
    this.options = options;
    this.span = columns.span;
    this.targets = columns.targets;
    this.clients = columns.clients;
    this.reuses = columns.reuses;
    this.targetOf = columns.targetOf;
    this.before = columns.before;
    this.heldUntil = columns.heldUntil;
    this.#reportedTimeWaits = reportedTimeWaits(options.timeWaitSeconds);
    this.#reportedClients = new Set(options.clients);
    this.#sweep = { ...columns, sessions, mark: new Uint8Array(sessions.count), holders: new Holders() };
    this.#timeWaits = new ObservedTimeWaits(this);
    this.#large = new LargeTargets(this);
  }

  get ports(): PortRows {
    this.#ports ??= groupPorts(this.sessions, this.targets, this.targetOf);
    return this.#ports;
  }

  counts(target: number): TargetCounts {
    const distinct = this.targets.distinctLocalPorts[target]!;
    const number = this.#large.numberOf(target);
    if (number < 0) return countTarget(this.sessions, this.#rowsOfTarget(target), distinct);
    this.#largeCounts ??= countLargeTargets(this, this.#large);
    return this.#largeCounts.of(number, distinct);
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

  timeWait(client: number): TimeWaitFigures {
    return this.#timeWaits.of(client);
  }

  longDuration(target: number): number {
    const own = closedDurations(this.sessions, this.#rowsOfTarget(target));
    if (own.length >= MIN_CLOSED_SESSIONS) return percentile99(own);
    const client = this.targets.client[target]!;
    return this.#longDurations.of(client, this.#rowsOfClient(client));
  }

  targetOccupancy(target: number): Occupancy {
    const client = this.targets.client[target]!;
    if (this.#large.numberOf(target) < 0) {
      return occupancyOf(this.#sweep, this.#rowsOfTarget(target), this.#question(client));
    }
    return this.#occupancies.of(client, this.#rowsOfClient(client))[1 + this.#large.partOf(target)]!;
  }

  clientOccupancy(client: number): Occupancy {
    return this.#occupancies.of(client, this.#rowsOfClient(client))[0]!;
  }

  isReported(client: number): boolean {
    if (this.#reportedClients.size === 0) return true;
    return this.#reportedClients.has(this.addresses.text(this.clients.address[client]!));
  }

  readonly #pools = new Kept((client, rows) => {
    const { hosts } = this.options;
    // A text for every client of a flood would take longer than all the rest.
    const ofClient = hosts.length === 0 ? hosts : hostsAt(hosts, this.addresses.text(this.clients.address[client]!));
    return poolOf(this.sessions, rows, ofClient, this.options);
  });

  readonly #longDurations = new Kept((_, rows) => percentile99(closedDurations(this.sessions, rows)));

  /** Of a client, and behind it, from the same sweeps, of its large targets. */
  readonly #occupancies = new Kept((client, rows) =>
    occupanciesOf(this.#sweep, rows, this.#large.ofClient(client), this.#question(client)),
  );

  #question(client: number): OccupancyQuestion {
    const { effectiveSeconds } = this.timeWait(client);
    return { pool: this.pool(client), timeWaits: this.#reportedTimeWaits, effective: effectiveSeconds };
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
