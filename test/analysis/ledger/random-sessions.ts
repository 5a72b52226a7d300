/**
 * Random sessions as a tracker could leave them: every four-tuple has a history, ties in time are frequent. And the
 * ledger of such sessions, whose rows are found by the naive ones.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildLedger } from '../../../src/analysis/ledger/build-ledger.ts';
import type { Ledger } from '../../../src/analysis/ledger/ledger.ts';
import { DEFAULT_LEDGER_OPTIONS, type LedgerOptions } from '../../../src/analysis/ledger/options.ts';
import {
  type Answer,
  buildSessions,
  type Closer,
  type SessionSpec,
  type State,
  specIndex,
} from '../session-builder.ts';
import { type NaiveSession, naiveSessions, targetOf } from './naive.ts';

const STATES: State[] = [
  'syn-sent',
  'refused',
  'half-open',
  'open',
  'half-closed-by-remote',
  'half-closed-by-client',
  'closed',
  'closed',
  'closed',
  'reset',
];
const CLOSERS: Closer[] = ['client', 'client', 'remote'];
const ANSWERS: Answer[] = ['accepted', 'accepted', 'challenged', 'refused', 'silent'];

const draft = fc.record({
  client: fc.constantFrom('10.1.1.10', '10.1.1.11'),
  remote: fc.constantFrom('10.2.0.1', '10.2.0.2'),
  remotePort: fc.constantFrom(3200, 443),
  localPort: fc.oneof(fc.integer({ min: 50000, max: 50005 }), fc.integer({ min: 49990, max: 50012 })),
  start: fc.integer({ min: 0, max: 400 }),
  /** From the close to the last packet: a stray one may come behind it. */
  trailing: fc.constantFrom(0, 0, 3),
  length: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.double({ min: 0, max: 100, noNaN: true })),
  state: fc.constantFrom(...STATES),
  closedBy: fc.constantFrom(...CLOSERS),
  answer: fc.constantFrom(...ANSWERS),
  midstream: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
  closeUnseen: fc.boolean(),
  clientUnknown: fc.integer({ min: 0, max: 29 }).map((die) => die === 0),
  synPackets: fc.integer({ min: 1, max: 4 }),
  synCopies: fc.integer({ min: 0, max: 1 }),
});
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

/** In the order of their first packets. */
export const randomSessions: fc.Arbitrary<SessionSpec[]> = fc
  .array(draft, { minLength: 1, maxLength: 60 })
  .map(withHistory);

/** So many that clients, and most of their targets, are large enough for their figures to be kept. */
export const manySessions: fc.Arbitrary<SessionSpec[]> = fc
  .array(draft, { minLength: 1200, maxLength: 1400, size: 'max' })
  .map((drafts) =>
    drafts.map((each, index) => ({ ...each, remotePort: index % 40 === 0 ? (3200 as const) : (443 as const) })),
  )
  .map(withHistory);

function withHistory(drafts: Draft[]): SessionSpec[] {
  const specs: SessionSpec[] = [];
  const established = new Map<string, number>();
  for (const each of drafts.toSorted((a, b) => a.start - b.start)) addSession(each, specs, established);
  return specs;
}

function addSession(each: Draft, specs: SessionSpec[], established: Map<string, number>): void {
  const { length, trailing, clientUnknown, closeUnseen, ...rest } = each;
  const isUnknown = each.midstream && clientUnknown;
  const tuple = `${each.client} ${each.localPort} ${each.remote} ${each.remotePort}`;
  const reuseOf = each.midstream ? undefined : established.get(tuple);
  const state = each.midstream && STATES.indexOf(each.state) < STATES.indexOf('open') ? 'open' : each.state;
  const closed = Math.round((each.start + length) * 1e6) / 1e6;
  const mayBeUnseen = state === 'refused' || state === 'half-open';
  const isOver = state !== 'syn-sent' && state !== 'open' && !(mayBeUnseen && closeUnseen);
  const spec: SessionSpec = {
    ...rest,
    state,
    clientUnknown: isUnknown,
    closedBy: state === 'closed' ? each.closedBy : state === 'reset' ? 'rst-client' : null,
    synPackets: each.midstream ? 0 : each.synPackets + each.synCopies,
    end: closed + trailing,
    ...(isOver ? { closed } : {}),
  };
  if (reuseOf !== undefined && !isUnknown) measure(spec, specs[reuseOf]!, reuseOf);
  if (STATES.indexOf(state) >= STATES.indexOf('open') && !isUnknown) established.set(tuple, specs.length);
  specs.push(spec);
}

/** What the tracker notes of the earlier session when the SYN comes, and what the SYN makes of that session. */
function measure(spec: SessionSpec, earlier: SessionSpec, reuseOf: number): void {
  spec.reuseOf = reuseOf;
  const isOver = earlier.state === 'closed' || earlier.state === 'reset';
  if (isOver && (earlier.closed === undefined || earlier.closed <= spec.start)) {
    spec.previousState = earlier.state!;
    return;
  }
  spec.previousState = isOver ? 'open' : earlier.state!;
  earlier.state = 'reset';
  earlier.closedBy = null;
  earlier.replaced = true;
  delete earlier.closed;
}

export const POOL = { first: 50000, last: 50007 };
export const OPTIONS: LedgerOptions = { ...DEFAULT_LEDGER_OPTIONS, timeWaitSeconds: 45, portRange: POOL };

export function ledgerOf(specs: readonly SessionSpec[], options = OPTIONS): Ledger {
  return buildLedger({ ...buildSessions(specs), options });
}

/** The rows of `Targets` and their sessions by the definition. */
export function eachTarget(ledger: Ledger, specs: readonly SessionSpec[]): [number, NaiveSession[]][] {
  const groups = groupBy(naiveSessions(specs), targetOf);
  assert.equal(ledger.targets.count, groups.size);
  return Array.from({ length: ledger.targets.count }, (_, target) => {
    const { targets, clients, addresses } = ledger;
    const client = addresses.text(clients.address[targets.client[target]!]!);
    const name = `${client} ${addresses.text(targets.remote[target]!)}:${targets.remotePort[target]}`;
    return [target, groups.get(name)!];
  });
}

export function eachClient(ledger: Ledger, specs: readonly SessionSpec[]): [number, NaiveSession[]][] {
  const groups = groupBy(naiveSessions(specs), (session) => session.client);
  assert.equal(ledger.clients.count, groups.size);
  return Array.from({ length: ledger.clients.count }, (_, client) => [
    client,
    groups.get(ledger.addresses.text(ledger.clients.address[client]!))!,
  ]);
}

/** The specs that these session rows were made of, as indexes. */
export function specsOf({ sessions }: Ledger, rows: Uint32Array): number[] {
  return Array.from(rows, (row) => specIndex(sessions, row));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
