const ADDRESS = 'address ';
const UNKNOWN = '';

/**
 * Which captures, files of evidence and addresses belong to one host: a process id means a process of one host only.
 * What names the process behind an address is from the host that has it. (A capture that was merged out of two hosts'
 * makes one of them.)
 */
export class Hosts {
  /** Each name points to a smaller one of its host; the smallest, an address if there is any, points to itself. */
  readonly #towards = new Map<string, string>();
  /** What `of` answers where nothing is known; null until it is looked for. */
  #onlyHost: string | null = null;

  static capture(index: number): string {
    return `capture ${index}`;
  }

  static file(name: string): string {
    return `file ${name}`;
  }

  /** The address is of the host of this capture or file; a loopback address, which every host has, tells nothing. */
  join(name: string, address: string): void {
    if (address === '::1' || address.startsWith('127.')) return;
    this.#onlyHost = null;
    const one = this.#of(name);
    const other = this.#of(ADDRESS + address);
    if (one < other) this.#towards.set(other, one);
    else this.#towards.set(one, other);
  }

  /** What stands for the host of a capture or file; without an address of its own it is the only host's, if there is one. */
  of(name: string): string {
    const host = this.#of(name);
    return host.startsWith(ADDRESS) ? host : this.#only();
  }

  /** The smallest address of a host as `of` answers, null where none is known. */
  static addressOf(host: string): string | null {
    return host === UNKNOWN ? null : host.slice(ADDRESS.length);
  }

  #of(name: string): string {
    let host = name;
    for (let next = this.#next(host); next !== host; next = this.#next(host)) host = next;
    this.#towards.set(name, host);
    return host;
  }

  #next(name: string): string {
    return this.#towards.get(name) ?? name;
  }

  #only(): string {
    if (this.#onlyHost !== null) return this.#onlyHost;
    const addresses = [...this.#towards.keys()].filter((name) => name.startsWith(ADDRESS));
    const hosts = new Set(addresses.map((name) => this.#of(name)));
    this.#onlyHost = hosts.size === 1 ? [...hosts][0]! : UNKNOWN;
    return this.#onlyHost;
  }
}
