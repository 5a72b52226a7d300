import { MIDSTREAM } from '../session/sessions.ts';
import { type AllocationFigures, allocationOrder } from './allocation-order.ts';
import type { Ledger } from './ledger.ts';

/** The order in which the client's attempts drew their local ports from its pool; ports outside are not drawn. */
export function allocationOf(ledger: Ledger, client: number): AllocationFigures {
  const { sessions, clients, targetOf } = ledger;
  const pool = ledger.pool(client);
  const rows = clients.sessions.subarray(clients.first[client]!, clients.first[client + 1]!);
  const drawn = rows.filter((row) => (sessions.facts[row]! & MIDSTREAM) === 0 && pool.has(sessions.ports[row]! >>> 16));
  const ports = Uint16Array.from(drawn, (row) => sessions.ports[row]! >>> 16);
  const targets = Uint32Array.from(drawn, (row) => targetOf[row]!);
  return allocationOrder({ ports, targets }, pool.size);
}
