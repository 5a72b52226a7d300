import type { Addresses } from '../segment/addresses.ts';
import { PairIds } from '../segment/pair-ids.ts';
import { PORTS } from '../segment/segment.ts';
import { timeOrder } from './order.ts';
import type { ClientGroups, SessionGroups, TargetGroups } from './sessions.ts';
import { TargetTable } from './target-table.ts';

/** Where the sessions belong, and the place of each. */
export interface Placement {
  readonly groups: SessionGroups;
  /** The final row of each session, by the row it was added as. */
  readonly placeOf: Int32Array;
}

/** Told session by session whose each is, and then where all of them belong. */
export class SessionGrouping {
  readonly #found = new TargetTable();
  /** Number in `#found` by row, -1 where the client is not known; at last the row's place. */
  readonly #targetOf: Int32Array;

  constructor(sessions: number) {
    this.#targetOf = new Int32Array(sessions);
  }

  /** `client` and `remote` are addresses of the family as segments carry them, unsigned. */
  add(row: number, family: number, client: number, remote: number, remotePort: number, isAttempt: boolean): void {
    const target = this.#found.numberOf(client, remote, family * PORTS + remotePort);
    this.#targetOf[row] = target;
    this.#found.sessions[target]!++;
    if (isAttempt) this.#found.attempts[target]!++;
  }

  addUnknown(row: number): void {
    this.#targetOf[row] = -1;
  }

  /** Sockets that a SYN was sent to by now, by port and address id. */
  servers(addresses: Addresses): PairIds {
    const { count, remote, familyAndPort, attempts } = this.#found;
    const servers = new PairIds();
    for (let target = 0; target < count; target++) {
      if (attempts[target] === 0) continue;
      const family = Math.floor(familyAndPort[target]! / PORTS);
      servers.idOf(familyAndPort[target]! % PORTS, addresses.idOf(family, remote[target]!));
    }
    return servers;
  }

  /** Numbers clients by first appearance, the targets client by client, and puts each target's sessions in order of start. */
  place(start: Float64Array, addresses: Addresses): Placement {
    const { count, attempts, sessions, familyAndPort } = this.#found;
    const { client, remote } = addressIds(this.#found, addresses);
    const { clientOf, address, firstTarget } = numberClients(client, addresses.count);
    const rank = rankTargets(clientOf, firstTarget);
    const targets = {
      count,
      client: placed(clientOf, rank),
      remote: placed(remote, rank),
      remotePort: Uint16Array.from(placed(familyAndPort, rank)),
      attempts: placed(attempts, rank),
      first: offsets(placed(sessions, rank)),
    };
    const clients = clientColumns(targets, address, firstTarget);
    this.#placeRows(start, rank, targets, clients);
    return {
      groups: { targetOf: targetsOfRows(targets, this.#targetOf.length), targets, clients },
      placeOf: this.#targetOf,
    };
  }

  /** Each row's place takes the place of its target's number. Sessions of no target come behind all others. */
  #placeRows(start: Float64Array, rank: Uint32Array, { first, client, count }: TargetGroups, clients: ClientGroups) {
    const next = first.slice();
    const nextOfClient = clients.first.slice();
    let nextUnknown = first[count]!;
    for (const row of timeOrder(start, this.#targetOf.length)) {
      const number = this.#targetOf[row]!;
      if (number < 0) {
        this.#targetOf[row] = nextUnknown++;
        continue;
      }
      const target = rank[number]!;
      const place = next[target]!++;
      this.#targetOf[row] = place;
      clients.byStart[nextOfClient[client[target]!]!++] = place;
    }
  }
}

/** Targets lie client by client, and so do their sessions: a client's begin where those of its first target do. */
function clientColumns(
  { client, attempts, first, count }: TargetGroups,
  address: Uint32Array,
  firstTarget: Uint32Array,
): ClientGroups {
  const ofClient = new Uint32Array(address.length);
  for (let target = 0; target < count; target++) ofClient[client[target]!]! += attempts[target]!;
  const firstSession = firstTarget.map((target) => first[target]!);
  const byStart = new Uint32Array(first[count]!);
  return { count: address.length, address, attempts: ofClient, firstTarget, first: firstSession, byStart };
}

function targetsOfRows({ first, count }: TargetGroups, rows: number): Int32Array {
  const targetOf = new Int32Array(rows).fill(-1, first[count]!);
  for (let target = 0; target < count; target++) targetOf.fill(target, first[target]!, first[target + 1]!);
  return targetOf;
}

function offsets(counts: Uint32Array): Uint32Array {
  const first = new Uint32Array(counts.length + 1);
  for (let group = 0; group < counts.length; group++) first[group + 1] = first[group]! + counts[group]!;
  return first;
}

/** Ids of the addresses of each target. */
function addressIds({ count, client, remote, familyAndPort }: TargetTable, addresses: Addresses) {
  const clients = new Uint32Array(count);
  const remotes = new Uint32Array(count);
  for (let target = 0; target < count; target++) {
    const family = Math.floor(familyAndPort[target]! / PORTS);
    clients[target] = addresses.idOf(family, client[target]!);
    remotes[target] = addresses.idOf(family, remote[target]!);
  }
  return { client: clients, remote: remotes };
}

/** `client` holds the address id of each target's client. */
function numberClients(client: Uint32Array, addressCount: number) {
  const indexOf = new Int32Array(addressCount).fill(-1);
  const clientOf = new Uint32Array(client.length);
  const address = new Uint32Array(client.length);
  let clients = 0;
  for (let target = 0; target < client.length; target++) {
    const id = client[target]!;
    if (indexOf[id]! < 0) {
      indexOf[id] = clients;
      address[clients++] = id;
    }
    clientOf[target] = indexOf[id]!;
  }
  const firstTarget = new Uint32Array(clients + 1);
  for (const each of clientOf) firstTarget[each + 1]!++;
  for (let each = 0; each < clients; each++) firstTarget[each + 1]! += firstTarget[each]!;
  return { clientOf, address: address.slice(0, clients), firstTarget };
}

/** Final row of each target: client by client, by first appearance inside a client. */
function rankTargets(clientOf: Uint32Array, firstTarget: Uint32Array): Uint32Array {
  const next = firstTarget.slice();
  return clientOf.map((client) => next[client]!++);
}

function placed(column: Uint32Array, rank: Uint32Array): Uint32Array {
  const moved = new Uint32Array(rank.length);
  for (let target = 0; target < rank.length; target++) moved[rank[target]!] = column[target]!;
  return moved;
}
