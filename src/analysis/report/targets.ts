import type { TargetReport } from '../../contract/report.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { most } from '../ledger/most.ts';
import { GAP_EDGES } from '../ledger/reuses.ts';
import { occupancyReport } from './occupancy.ts';

export const MAX_TARGETS = 10_000;

/** Target rows in the order of the report: the most attempts first, ties by client, remote address and port. */
export function reportedTargets(ledger: Ledger): { rows: number[]; total: number } {
  const { targets } = ledger;
  return most(
    targets.count,
    MAX_TARGETS,
    (target) => ledger.isReported(targets.client[target]!),
    (one, other) => targets.attempts[other]! - targets.attempts[one]! || compareEnds(ledger, one, other),
  );
}

function compareEnds({ targets, clients, addresses }: Ledger, one: number, other: number): number {
  const client = (target: number) => clients.address[targets.client[target]!]!;
  return (
    addresses.compare(client(one), client(other)) ||
    addresses.compare(targets.remote[one]!, targets.remote[other]!) ||
    targets.remotePort[one]! - targets.remotePort[other]!
  );
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
