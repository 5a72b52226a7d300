const FIRST_TARGETS = 64;

/** Targets found so far: open addressing over (client, remote, remote port), numbered by first appearance. */
export class TargetTable {
  count = 0;
  /** Addresses as segments carry them: see `Addresses`. */
  client = new Uint32Array(FIRST_TARGETS);
  remote = new Uint32Array(FIRST_TARGETS);
  /** Family of both addresses (4 or 6) * 65536 + remote port. */
  familyAndPort = new Uint32Array(FIRST_TARGETS);
  sessions = new Uint32Array(FIRST_TARGETS);
  attempts = new Uint32Array(FIRST_TARGETS);
  #slots = new Int32Array(FIRST_TARGETS * 4).fill(-1);

  /** The number of the target, a new one where it is not known yet. */
  numberOf(client: number, remote: number, familyAndPort: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashTarget(client, remote, familyAndPort) & mask;
    for (let known = this.#slots[slot]!; known >= 0; known = this.#slots[slot]!) {
      if (
        this.client[known] === client &&
        this.remote[known] === remote &&
        this.familyAndPort[known] === familyAndPort
      ) {
        return known;
      }
      slot = (slot + 1) & mask;
    }
    return this.#add(client, remote, familyAndPort, slot);
  }

  #add(client: number, remote: number, familyAndPort: number, slot: number): number {
    const added = this.count++;
    if (added === this.client.length) this.#growColumns();
    this.client[added] = client;
    this.remote[added] = remote;
    this.familyAndPort[added] = familyAndPort;
    this.#slots[slot] = added;
    if (this.count * 2 > this.#slots.length) this.#growSlots();
    return added;
  }

  #growColumns(): void {
    this.client = twiceAsLong(this.client);
    this.remote = twiceAsLong(this.remote);
    this.familyAndPort = twiceAsLong(this.familyAndPort);
    this.sessions = twiceAsLong(this.sessions);
    this.attempts = twiceAsLong(this.attempts);
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = this.#slots.length - 1;
    for (let target = 0; target < this.count; target++) {
      let slot = hashTarget(this.client[target]!, this.remote[target]!, this.familyAndPort[target]!) & mask;
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = target;
    }
  }
}

function twiceAsLong(column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(column.length * 2);
  longer.set(column);
  return longer;
}

/** Neighbouring addresses and ports differ in low bits: without the multiplications they fill neighbouring slots. */
function hashTarget(client: number, remote: number, familyAndPort: number): number {
  let hash = Math.imul(client ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ remote, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ familyAndPort, 0x27d4eb2f);
  return (hash ^ (hash >>> 16)) >>> 0;
}
