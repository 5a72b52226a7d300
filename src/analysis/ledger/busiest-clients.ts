import type { Ledger } from './ledger.ts';
import { most } from './most.ts';

/** Rows of the clients that are reported, the most attempts first, ties by address; and how many there are in all. */
export function busiestClients(ledger: Ledger, limit: number): { rows: number[]; total: number } {
  const { clients, addresses } = ledger;
  const { attempts, address } = clients;
  return most(
    clients.count,
    limit,
    (client) => ledger.isReported(client),
    (one, other) => attempts[other]! - attempts[one]! || addresses.compare(address[one]!, address[other]!),
  );
}
