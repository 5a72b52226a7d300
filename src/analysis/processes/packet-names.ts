import type { Ledger } from '../ledger/ledger.ts';
import type { NamedProcesses } from '../segment/named-processes.ts';
import { clientOf } from '../session/sessions.ts';
import { Hosts } from './hosts.ts';
import { addClient, type Process, type ProcessTable } from './process-table.ts';
import type { SessionOwners } from './session-owners.ts';

const NONE = new Int32Array(0);
/** Captures are numbered in 16 bits. */
const CAPTURES = 65536;

/** The processes that the packets themselves name: the sessions come with their client's (`Sessions.process`). */
export class PacketNames {
  readonly #ledger: Ledger;
  readonly #named: NamedProcesses;
  readonly #ids: Int32Array;

  constructor(ledger: Ledger, named: NamedProcesses) {
    this.#ledger = ledger;
    this.#named = named;
    this.#ids = ledger.sessions.process ?? NONE;
  }

  /** A capture that names a client's process was taken on the client's host. */
  joinHosts(hosts: Hosts): void {
    const joined = new Set<number>();
    for (let row = 0; row < this.#ids.length; row++) {
      if (this.#ids[row] === 0) continue;
      const capture = this.#named.capture(Math.abs(this.#ids[row]!));
      const pair = clientOf(this.#ledger.sessions, row) * CAPTURES + capture;
      if (joined.has(pair)) continue;
      joined.add(pair);
      hosts.join(Hosts.capture(capture), this.#ledger.addresses.text(clientOf(this.#ledger.sessions, row)));
    }
  }

  /** Gives each session its process: the owner of its packets, or who only ran when they were logged. */
  attribute(as: 'owner' | 'context', table: ProcessTable, owners: SessionOwners, hosts: Hosts): void {
    const processes = new Map<number, Process>();
    for (let row = 0; row < this.#ids.length; row++) {
      const id = this.#ids[row]!;
      if (id === 0 || this.#named.isContext(Math.abs(id)) !== (as === 'context')) continue;
      let process = processes.get(id);
      if (process === undefined) {
        process = this.#processOf(id, table, hosts);
        processes.set(id, process);
      }
      addClient(process, clientOf(this.#ledger.sessions, row));
      owners.give(row, process);
    }
  }

  #processOf(id: number, table: ProcessTable, hosts: Hosts): Process {
    const named = Math.abs(id);
    const host = hosts.of(Hosts.capture(this.#named.capture(named)));
    const sure = id > 0 ? 'high' : 'medium';
    const confidence = this.#named.isContext(named) ? 'low' : sure;
    return table.process(host, this.#named.pid(named), this.#named.name(named), this.#named.source(named), confidence);
  }
}
