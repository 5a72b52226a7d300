import type { TargetReport } from '../../contract/report.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { GAP_EDGES } from '../ledger/reuses.ts';
import { most } from './most.ts';
import { occupancyReport } from './occupancy.ts';

export const MAX_TARGETS = 10_000;

export function reportedTargets(ledger: Ledger): { rows: number[]; total: number } {
  const { targets } = ledger;
  const rows = Array.from({ length: targets.count }, (_, target) => target).filter((target) =>
    ledger.isReported(targets.client[target]!),
  );
  const kept = most(rows, targets.attempts, MAX_TARGETS, (one, other) => compareTexts(ledger, one, other));
  return { rows: kept, total: rows.length };
}

function compareTexts(ledger: Ledger, one: number, other: number): number {
  const [first, second] = [textOf(ledger, one), textOf(ledger, other)];
  if (first !== second) return first < second ? -1 : 1;
  return ledger.targets.remotePort[one]! - ledger.targets.remotePort[other]!;
}

function textOf({ targets, clients, addresses }: Ledger, target: number): string {
  const client = addresses.text(clients.address[targets.client[target]!]!);
  return `${client} ${addresses.text(targets.remote[target]!)}`;
}

export function targetReport(ledger: Ledger, target: number): TargetReport {
  const { targets, clients, addresses, timeline } = ledger;
  const { reuses, firstAttempt, lastAttempt, midstreamSessions: _, ...counts } = ledger.counts(target);
  return {
    client: addresses.text(clients.address[targets.client[target]!]!),
    remote: { address: addresses.text(targets.remote[target]!), port: targets.remotePort[target]! },
    ...counts,
    reuses: {
      count: reuses.count,
      minGapSeconds: Number.isNaN(reuses.minGapSeconds) ? null : reuses.minGapSeconds,
      histogram: reuses.histogram.map((count, bin) => ({
        fromSeconds: GAP_EDGES[bin]!,
        toSeconds: GAP_EDGES[bin + 1] ?? null,
        count,
      })),
      answers: reuses.answers,
    },
    firstAttempt: timeline.text(firstAttempt),
    lastAttempt: timeline.text(lastAttempt),
    occupancy: occupancyReport(ledger.targetOccupancy(target).peaks, timeline),
  };
}
