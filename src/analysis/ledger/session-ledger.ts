import type { ClientGroups } from '../session/sessions.ts';
import { orderOfDraws } from './allocation.ts';
import type { AllocationFigures } from './allocation-order.ts';
import { countTarget } from './counts.ts';
import { portsOfRows } from './distinct-ports.ts';
import { type Begun, closedDurations, MIN_CLOSED_SESSIONS, percentile99 } from './durations.ts';
import { KEPT_FROM_SESSIONS, LargeTargets } from './large-targets.ts';
import type {
  Ledger,
  LedgerInput,
  Occupancy,
  Pool,
  PortRows,
  ReuseRows,
  RowRange,
  Span,
  TargetCounts,
  Targets,
  TimeWaitFigures,
} from './ledger.ts';
import { type OccupancyQuestion, occupanciesOf, occupancyOf } from './occupancy.ts';
import { hostsAt, poolOf } from './pool.ts';
import { type PortUses, portUses } from './port-uses.ts';
import { groupPorts } from './ports.ts';
import { clientRows, clientRowsByStart, countOf, rowNumbers, targetRows } from './rows.ts';
import { SameRemote } from './same-remote.ts';
import { Holders } from './sweep.ts';
import { ObservedTimeWaits, reportedTimeWaits } from './time-wait.ts';
import type { SweepColumns } from './use-holds.ts';

/** The grouped columns; see `Ledger`. */
export type LedgerColumns = Pick<
  Ledger,
  'span' | 'targets' | 'clients' | 'reuses' | 'targetOf' | 'before' | 'heldUntil' | 'sessionCounts' | 'unended'
>;

/** The grouped columns, and the figures of a group when someone asks. */
export class SessionLedger implements Ledger {
  readonly sessions: Ledger['sessions'];
  readonly addresses: Ledger['addresses'];
  readonly timeline: Ledger['timeline'];
  readonly options: Ledger['options'];
  readonly span: Span;
  readonly targets: Targets;
  readonly clients: ClientGroups;
  readonly reuses: ReuseRows;
  readonly targetOf: Int32Array;
  readonly before: Int32Array;
  readonly heldUntil: Float64Array;
  readonly sessionCounts: Ledger['sessionCounts'];
  readonly unended: Uint32Array;
  readonly #reportedTimeWaits: readonly number[];
  readonly #reportedClients: ReadonlySet<string>;
  readonly #sweep: SweepColumns;
  readonly #timeWaits: ObservedTimeWaits;
  readonly #large: LargeTargets;
  #ports: PortRows | null = null;
  #sameRemote: SameRemote | null = null;
  #uses: PortUses | null = null;
  #usesOf = -1;

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
    this.sessionCounts = columns.sessionCounts;
    this.unended = columns.unended;
    this.#reportedTimeWaits = reportedTimeWaits(options.timeWaitSeconds);
    this.#reportedClients = new Set(options.clients);
    this.#sweep = { ...columns, sessions, mark: new Uint8Array(sessions.count), holders: new Holders() };
    this.#timeWaits = new ObservedTimeWaits(this);
    this.#large = new LargeTargets(this);
  }

  get ports(): PortRows {
    this.#ports ??= groupPorts(this.sessions);
    return this.#ports;
  }

  counts(target: number): TargetCounts {
    return countTarget(this, target);
  }

  sameRemote(target: number): readonly number[] {
    this.#sameRemote ??= new SameRemote(this.targets);
    return this.#sameRemote.of(target);
  }

  distinctLocalPorts(client: number): number {
    return portsOfRows(this.sessions, clientRows(this, client));
  }

  pool(client: number): Pool {
    return this.#pools.of(client, clientRows(this, client));
  }

  uses(client: number): PortUses {
    if (this.#usesOf !== client) {
      this.#uses = portUses(this, clientRowsByStart(this, client), this.pool(client));
      this.#usesOf = client;
    }
    return this.#uses!;
  }

  allocation(client: number): AllocationFigures {
    return this.#allocations.of(client, clientRows(this, client));
  }

  timeWait(client: number): TimeWaitFigures {
    return this.#timeWaits.of(client);
  }

  longDuration(target: number, begun: Begun): number {
    const own = closedDurations(this, targetRows(this, target), begun);
    if (own.length >= MIN_CLOSED_SESSIONS) return percentile99(own);
    const client = this.targets.client[target]!;
    return this.#longDurations[begun].of(client, clientRows(this, client));
  }

  targetOccupancy(target: number): Occupancy {
    const client = this.targets.client[target]!;
    if (this.#large.numberOf(target) < 0) {
      const rows = rowNumbers(targetRows(this, target));
      const uses = portUses(this, rows, this.pool(client));
      return occupancyOf(this.#sweep, rows, { ...this.#question(client), uses });
    }
    return this.#occupancies.of(client, clientRows(this, client))[1 + this.#large.partOf(target)]!;
  }

  clientOccupancy(client: number): Occupancy {
    return this.#occupancies.of(client, clientRows(this, client))[0]!;
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

  readonly #longDurations = {
    'in-capture': new Kept((_, rows) => percentile99(closedDurations(this, rows, 'in-capture'))),
    ever: new Kept((_, rows) => percentile99(closedDurations(this, rows, 'ever'))),
  };

  /** Of a client, and behind it, from the same sweeps, of its large targets. */
  readonly #occupancies = new Kept((client) =>
    occupanciesOf(this.#sweep, clientRowsByStart(this, client), this.#large.ofClient(client), {
      ...this.#question(client),
      uses: this.uses(client),
    }),
  );

  readonly #allocations = new Kept((client) => orderOfDraws(this.uses(client)));

  #question(client: number): Omit<OccupancyQuestion, 'uses'> {
    const { effectiveSeconds } = this.timeWait(client);
    return { pool: this.pool(client), timeWaits: this.#reportedTimeWaits, effective: effectiveSeconds };
  }
}

/** Figures by group, kept for groups that are costly to look through. */
class Kept<T> {
  readonly #make: (group: number, rows: RowRange) => T;
  readonly #kept = new Map<number, T>();

  constructor(make: (group: number, rows: RowRange) => T) {
    this.#make = make;
  }

  of(group: number, rows: RowRange): T {
    const known = this.#kept.get(group);
    if (known !== undefined) return known;
    const made = this.#make(group, rows);
    if (countOf(rows) >= KEPT_FROM_SESSIONS) this.#kept.set(group, made);
    return made;
  }
}
