import type { ClientReport } from '../../contract/report.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { occupancyReport } from './occupancy.ts';

export const MAX_CLIENTS = 1000;

export function clientReport(ledger: Ledger, client: number): ClientReport {
  const { clients, addresses, timeline } = ledger;
  const { first, last, size, usable, source } = ledger.pool(client);
  const { order, samples } = ledger.allocation(client);
  return {
    address: addresses.text(clients.address[client]!),
    pool: { first, last, size, usable, source },
    allocationOrder: { order, samples },
    attempts: clients.attempts[client]!,
    distinctLocalPorts: ledger.distinctLocalPorts(client),
    remotes: clients.firstTarget[client + 1]! - clients.firstTarget[client]!,
    occupancy: occupancyReport(ledger.clientOccupancy(client).peaks, timeline),
  };
}
