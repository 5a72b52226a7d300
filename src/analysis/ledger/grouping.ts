import { CLIENT_KNOWN, MIDSTREAM, type Sessions } from '../session/sessions.ts';
import type { Clients, Targets } from './ledger.ts';

/** Targets found so far: open addressing over (client, remote, remote port), numbered by first appearance. */
class TargetTable {
  count = 0;
  client = new Uint32Array(64);
  remote = new Uint32Array(64);
  remotePort = new Uint16Array(64);
  sessions = new Uint32Array(64);
  attempts = new Uint32Array(64);
  #slots = new Int32Array(256).fill(-1);

  /** The number of the target, a new one where it is not known yet. */
  numberOf(client: number, remote: number, remotePort: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashTarget(client, remote, remotePort) & mask;
    for (let known = this.#slots[slot]!; known >= 0; known = this.#slots[slot]!) {
      if (this.client[known] === client && this.remote[known] === remote && this.remotePort[known] === remotePort) {
        return known;
      }
      slot = (slot + 1) & mask;
    }
    return this.#add(client, remote, remotePort, slot);
  }

  #add(client: number, remote: number, remotePort: number, slot: number): number {
    const added = this.count++;
    if (added === this.client.length) this.#growColumns();
    this.client[added] = client;
    this.remote[added] = remote;
    this.remotePort[added] = remotePort;
    this.#slots[slot] = added;
    if (this.count * 2 > this.#slots.length) this.#growSlots();
    return added;
  }

  #growColumns(): void {
    this.client = grown(this.client, new Uint32Array(this.count * 2));
    this.remote = grown(this.remote, new Uint32Array(this.count * 2));
    this.remotePort = grown(this.remotePort, new Uint16Array(this.count * 2));
    this.sessions = grown(this.sessions, new Uint32Array(this.count * 2));
    this.attempts = grown(this.attempts, new Uint32Array(this.count * 2));
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = this.#slots.length - 1;
    for (let target = 0; target < this.count; target++) {
      let slot = hashTarget(this.client[target]!, this.remote[target]!, this.remotePort[target]!) & mask;
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = target;
    }
  }
}

function grown<T extends Uint32Array | Uint16Array>(old: T, wider: T): T {
  wider.set(old);
  return wider;
}

/** Dense ids and ports are small neighbouring numbers: without the multiplications they fill neighbouring slots. */
function hashTarget(client: number, remote: number, remotePort: number): number {
  let hash = Math.imul(client ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ remote, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ remotePort, 0x27d4eb2f);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export interface Grouping {
  /** Target row of each session, -1 where its client is not known. */
  readonly targetOf: Int32Array;
  /** See `Targets`; without `sessions` and `distinctLocalPorts`. */
  readonly targets: Pick<Targets, 'count' | 'client' | 'remote' | 'remotePort' | 'attempts' | 'first'>;
  /** See `Clients`; without `sessions`. */
  readonly clients: Omit<Clients, 'sessions'>;
}

/** Numbers targets and clients by first appearance, and then the targets client by client. */
export function groupSessions(sessions: Sessions, addressCount: number): Grouping {
  const targetOf = new Int32Array(sessions.count);
  const found = findTargets(sessions, targetOf);
  const { count } = found;
  const { clientOf, address, firstTarget } = numberClients(found, addressCount);
  const rank = rankTargets(count, clientOf, firstTarget);
  for (let row = 0; row < targetOf.length; row++) if (targetOf[row]! >= 0) targetOf[row] = rank[targetOf[row]!]!;
  const targets = {
    count,
    client: placed(clientOf, rank, new Uint32Array(count)),
    remote: placed(found.remote, rank, new Uint32Array(count)),
    remotePort: placed(found.remotePort, rank, new Uint16Array(count)),
    attempts: placed(found.attempts, rank, new Uint32Array(count)),
    first: offsets(placed(found.sessions, rank, new Uint32Array(count))),
  };
  return { targetOf, targets, clients: clientColumns(targets, address, firstTarget) };
}

/** Targets lie client by client, and so do their sessions: a client's begin where those of its first target do. */
function clientColumns(
  { client, attempts, first, count }: Grouping['targets'],
  address: Uint32Array,
  firstTarget: Uint32Array,
): Grouping['clients'] {
  const ofClient = new Uint32Array(address.length);
  for (let target = 0; target < count; target++) ofClient[client[target]!]! += attempts[target]!;
  const firstSession = firstTarget.map((target) => first[target]!);
  return { count: address.length, address, attempts: ofClient, firstTarget, first: firstSession };
}

function offsets(counts: Uint32Array): Uint32Array {
  const first = new Uint32Array(counts.length + 1);
  for (let group = 0; group < counts.length; group++) first[group + 1] = first[group]! + counts[group]!;
  return first;
}

function findTargets(sessions: Sessions, targetOf: Int32Array): TargetTable {
  const found = new TargetTable();
  const { client, remote, ports, facts } = sessions;
  for (let row = 0; row < sessions.count; row++) {
    if ((facts[row]! & CLIENT_KNOWN) === 0) {
      targetOf[row] = -1;
      continue;
    }
    const target = found.numberOf(client[row]!, remote[row]!, ports[row]! & 0xffff);
    targetOf[row] = target;
    found.sessions[target]!++;
    if ((facts[row]! & MIDSTREAM) === 0) found.attempts[target]!++;
  }
  return found;
}

function numberClients(found: TargetTable, addressCount: number) {
  const indexOf = new Int32Array(addressCount).fill(-1);
  const clientOf = new Uint32Array(found.count);
  const address = new Uint32Array(found.count);
  let clients = 0;
  for (let target = 0; target < found.count; target++) {
    const id = found.client[target]!;
    if (indexOf[id]! < 0) {
      indexOf[id] = clients;
      address[clients++] = id;
    }
    clientOf[target] = indexOf[id]!;
  }
  const firstTarget = new Uint32Array(clients + 1);
  for (const client of clientOf) firstTarget[client + 1]!++;
  for (let client = 0; client < clients; client++) firstTarget[client + 1]! += firstTarget[client]!;
  return { clientOf, address: address.slice(0, clients), firstTarget };
}

/** Final row of each target: client by client, by first appearance inside a client. */
function rankTargets(count: number, clientOf: Uint32Array, firstTarget: Uint32Array): Uint32Array {
  const next = firstTarget.slice();
  const rank = new Uint32Array(count);
  for (let target = 0; target < count; target++) rank[target] = next[clientOf[target]!]!++;
  return rank;
}

function placed<T extends Uint32Array | Uint16Array>(column: T, rank: Uint32Array, into: T): T {
  for (let target = 0; target < rank.length; target++) into[rank[target]!] = column[target]!;
  return into;
}
