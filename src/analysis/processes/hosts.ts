const ADDRESS = 'address ';

/**
 * Which captures, files of evidence and addresses belong to one host: a process id means a process of one host only.
 * What names the process behind an address is from the host that has it. (A capture that was merged out of two hosts'
 * makes one of them.)
 */
export class Hosts {
  /** Each name points to a smaller one of its host; the smallest, an address if there is any, points to itself. */
  readonly #towards = new Map<string, string>();

  static capture(index: number): string {
    return `capture ${index}`;
  }

  static file(name: string): string {
    return `file ${name}`;
  }

  /** The address is of the host of this capture or file. */
  join(name: string, address: string): void {
    const one = this.of(name);
    const other = this.of(ADDRESS + address);
    if (one < other) this.#towards.set(other, one);
    else this.#towards.set(one, other);
  }

  /** What stands for the host of `name`. */
  of(name: string): string {
    let host = name;
    for (let next = this.#next(host); next !== host; next = this.#next(host)) host = next;
    this.#towards.set(name, host);
    return host;
  }

  #next(name: string): string {
    return this.#towards.get(name) ?? name;
  }

  /** What stands for the only host that has an address here; null where there are several, or none. */
  only(): string | null {
    const hosts = new Set<string>();
    for (const name of this.#towards.keys()) if (name.startsWith(ADDRESS)) hosts.add(this.of(name));
    return hosts.size === 1 ? [...hosts][0]! : null;
  }

  /** The smallest address of a host as `of` answers, null where none is known. */
  static addressOf(host: string): string | null {
    return host.startsWith(ADDRESS) ? host.slice(ADDRESS.length) : null;
  }
}
