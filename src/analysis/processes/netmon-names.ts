import type { CaptureSummary, ProcessSocket } from '../capture/summary.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { clientOf } from '../session/sessions.ts';
import { Hosts } from './hosts.ts';
import { addClient, type ProcessTable } from './process-table.ts';
import type { SessionOwners } from './session-owners.ts';
import type { TupleRows } from './tuple-rows.ts';

/** The tables of processes and their connections that Network Monitor writes behind its frames. */
export class NetmonNames {
  readonly #ledger: Ledger;
  readonly #captures: readonly CaptureSummary[];
  readonly #rows: TupleRows;

  constructor(ledger: Ledger, captures: readonly CaptureSummary[], rows: TupleRows) {
    this.#ledger = ledger;
    this.#captures = captures;
    this.#rows = rows;
  }

  joinHosts(hosts: Hosts): void {
    this.#captures.forEach(({ processes }, capture) => {
      const addresses = new Set(processes.map(({ localAddress }) => localAddress));
      for (const address of addresses) {
        if (this.#rows.hasClient(address)) hosts.join(Hosts.capture(capture), address);
      }
    });
  }

  attribute(table: ProcessTable, owners: SessionOwners, hosts: Hosts): void {
    this.#captures.forEach(({ processes }, capture) => {
      const host = hosts.of(Hosts.capture(capture));
      for (const socket of onlyOwners(processes)) {
        const { pid, path } = socket;
        for (const row of this.#sessionsOf(socket, capture)) {
          const process = table.process(host, pid, path === '' ? null : path, 'netmon', 'high');
          addClient(process, clientOf(this.#ledger.sessions, row));
          owners.give(row, process);
        }
      }
    });
  }

  #sessionsOf({ localAddress, localPort, remoteAddress, remotePort }: ProcessSocket, capture: number): number[] {
    const rows = this.#rows.all(localAddress, localPort, remoteAddress, remotePort);
    return [...rows].filter((row) => this.#ledger.sessions.capture[row] === capture);
  }
}

/** The table has no times: of a four-tuple that two processes had, nobody can say which session was whose. */
function onlyOwners(sockets: readonly ProcessSocket[]): ProcessSocket[] {
  const owners = new Map<string, ProcessSocket | null>();
  for (const socket of sockets) {
    if (socket.pid === 0) continue;
    const key = `${socket.localAddress} ${socket.localPort} ${socket.remoteAddress} ${socket.remotePort}`;
    const other = owners.get(key);
    owners.set(key, other === undefined || other?.pid === socket.pid ? socket : null);
  }
  return [...owners.values()].filter((socket) => socket !== null);
}
