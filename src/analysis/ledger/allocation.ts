import { MIDSTREAM } from '../session/sessions.ts';
import { type AllocationFigures, allocationOrder, type Draws } from './allocation-order.ts';
import type { Ledger } from './ledger.ts';

/** The order in which the client's attempts drew their local ports from its pool; ports outside are not drawn. */
export function allocationOf(ledger: Ledger, client: number): AllocationFigures {
  return allocationOrder(drawsOf(ledger, client), ledger.pool(client).size);
}

function drawsOf(ledger: Ledger, client: number): Draws {
  const { sessions, clients, targetOf } = ledger;
  const pool = ledger.pool(client);
  const ports = new Uint16Array(clients.attempts[client]!);
  const targets = new Uint32Array(clients.attempts[client]!);
  let draws = 0;
  for (let at = clients.first[client]!; at < clients.first[client + 1]!; at++) {
    const row = clients.byStart[at]!;
    const port = sessions.ports[row]! >>> 16;
    if (sessions.facts[row]! & MIDSTREAM || !pool.has(port)) continue;
    ports[draws] = port;
    targets[draws++] = targetOf[row]!;
  }
  return { ports: ports.subarray(0, draws), targets: targets.subarray(0, draws) };
}
