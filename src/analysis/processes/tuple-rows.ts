import type { Ledger } from '../ledger/ledger.ts';

const NO_ROWS = new Uint32Array(0);

/** Finds sessions by the texts of their four-tuples, as lists of sockets give them. */
export class TupleRows {
  readonly #ledger: Ledger;
  /** Rows by address, made when the first is asked for. */
  #clients: Map<string, number> | null = null;
  /** Targets by `remote port`, made for a client when the first row asks. */
  readonly #targets = new Map<number, Map<string, number>>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  hasClient(address: string): boolean {
    return this.#clientRows().has(address);
  }

  /** The id of a client's address in `Addresses`, null where it is no client's. */
  clientAddress(address: string | null): number | null {
    const row = address === null ? undefined : this.#clientRows().get(address);
    return row === undefined ? null : this.#ledger.clients.address[row]!;
  }

  #clientRows(): Map<string, number> {
    if (this.#clients !== null) return this.#clients;
    const { clients, addresses } = this.#ledger;
    this.#clients = new Map();
    for (let client = 0; client < clients.count; client++) {
      this.#clients.set(addresses.text(clients.address[client]!), client);
    }
    return this.#clients;
  }

  /** The latest session of the four-tuple that began before `before`, -1 for none. */
  find(client: string, localPort: number, remote: string, remotePort: number, before: number): number {
    const port = this.#portRowOf(client, localPort, remote, remotePort);
    return port < 0 ? -1 : this.#latest(port, before);
  }

  /** The sessions of the four-tuple, by start. */
  all(client: string, localPort: number, remote: string, remotePort: number): Uint32Array {
    const { ports } = this.#ledger;
    const port = this.#portRowOf(client, localPort, remote, remotePort);
    return port < 0 ? NO_ROWS : ports.sessions.subarray(ports.first[port]!, ports.first[port + 1]!);
  }

  #portRowOf(client: string, localPort: number, remote: string, remotePort: number): number {
    const row = this.#clientRows().get(client);
    const target = row === undefined ? undefined : this.#targetsOf(row).get(`${remote} ${remotePort}`);
    return target === undefined ? -1 : this.#portRow(target, localPort);
  }

  /** Sessions of a port row are in the order of their starts, those without a time last. */
  #latest(port: number, before: number): number {
    const { ports, sessions } = this.#ledger;
    let low = ports.first[port]!;
    let high = ports.first[port + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sessions.start[ports.sessions[middle]!]! <= before) low = middle + 1;
      else high = middle;
    }
    return low === ports.first[port]! ? -1 : ports.sessions[low - 1]!;
  }

  #targetsOf(client: number): Map<string, number> {
    const known = this.#targets.get(client);
    if (known) return known;
    const { clients, targets, addresses } = this.#ledger;
    const made = new Map<string, number>();
    for (let target = clients.firstTarget[client]!; target < clients.firstTarget[client + 1]!; target++) {
      made.set(`${addresses.text(targets.remote[target]!)} ${targets.remotePort[target]}`, target);
    }
    this.#targets.set(client, made);
    return made;
  }

  /** Port rows of a target are in the order of their ports. */
  #portRow(target: number, localPort: number): number {
    const { ports, sessions } = this.#ledger;
    let low = ports.firstOfTarget[target]!;
    let high = ports.firstOfTarget[target + 1]! - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const port = sessions.ports[ports.sessions[ports.first[middle]!]!]! >>> 16;
      if (port === localPort) return middle;
      if (port < localPort) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
