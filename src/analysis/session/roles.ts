import type { Addresses } from '../segment/addresses.ts';
import type { PairIds } from '../segment/pair-ids.ts';
import * as layout from './row-layout.ts';
import type { SessionColumns } from './session-columns.ts';

const { SYN_ACK_LEFT, SYN_ACK_RIGHT, SYN_LEFT, SYN_RIGHT, V6 } = layout;

/** What tells the client where no packet does. */
export interface RoleHints {
  /** Hosts that the user names as clients: text as in the report. */
  readonly clients: readonly string[];
  /** The given pool of ephemeral ports, or null. */
  readonly pool: { readonly first: number; readonly last: number } | null;
}

/** Ports that no system hands out as a service's: where every range in use begins, at the lowest (Linux). */
const ASSUMED_POOL = { first: 32768, last: 65535 };

export const LEFT = 0;
export const RIGHT = 1;
export const UNKNOWN = 2;

type End = typeof LEFT | typeof RIGHT | typeof UNKNOWN;

/** The client where the handshake shows it: the sender of the SYN, else the receiver of the SYN-ACK. */
export function clientByHandshake(facts: number): End {
  if (facts & SYN_LEFT) return LEFT;
  if (facts & SYN_RIGHT) return RIGHT;
  if (facts & SYN_ACK_RIGHT) return LEFT;
  return facts & SYN_ACK_LEFT ? RIGHT : UNKNOWN;
}

/**
 * The client where no packet of the handshake shows it: the other end of a socket that some SYN was sent to; else the
 * named host; else the end whose port alone lies in the pool.
 */
export class Roles {
  readonly #columns: SessionColumns;
  readonly #addresses: Addresses;
  readonly #hints: RoleHints;
  /** Sockets that a SYN was sent to, by port and dense address id. */
  readonly #servers: PairIds;

  constructor(columns: SessionColumns, addresses: Addresses, hints: RoleHints, servers: PairIds) {
    this.#columns = columns;
    this.#addresses = addresses;
    this.#hints = hints;
    this.#servers = servers;
  }

  clientOf(row: number): End {
    const ports = this.#columns.ports(row);
    const leftPort = ports >>> 16;
    const rightPort = ports & 0xffff;
    const left = this.#id(row, this.#columns.left(row));
    const right = this.#id(row, this.#columns.right(row));
    const bySocket = only(this.#servers.has(rightPort, right), this.#servers.has(leftPort, left));
    if (bySocket !== UNKNOWN) return bySocket;
    const { clients, pool } = this.#hints;
    if (clients.length > 0) {
      const byName = only(clients.includes(this.#addresses.text(left)), clients.includes(this.#addresses.text(right)));
      if (byName !== UNKNOWN) return byName;
    }
    const { first, last } = pool ?? ASSUMED_POOL;
    return only(leftPort >= first && leftPort <= last, rightPort >= first && rightPort <= last);
  }

  #id(row: number, address: number): number {
    return this.#addresses.idOf(this.#columns.facts(row) & V6 ? 6 : 4, address >>> 0);
  }
}

function only(left: boolean, right: boolean): End {
  if (left === right) return UNKNOWN;
  return left ? LEFT : RIGHT;
}
