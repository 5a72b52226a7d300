/** Ports of a pool in the order in which they first came up. */
export class SeenPorts {
  readonly #isSeen: Uint8Array;
  readonly #ports: Uint16Array;
  #count = 0;

  /** `size` is that of the pool, `most` the most that can come up. */
  constructor(size: number, most: number) {
    this.#isSeen = new Uint8Array(size);
    this.#ports = new Uint16Array(Math.min(size, most));
  }

  add(port: number): void {
    if (this.#isSeen[port] === 1) return;
    this.#isSeen[port] = 1;
    this.#ports[this.#count++] = port;
  }

  /** A view. */
  get all(): Uint16Array {
    return this.#ports.subarray(0, this.#count);
  }
}
