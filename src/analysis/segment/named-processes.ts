/** Who names the process of a packet, in the words of the report: pcapng of Apple's tools is PKTAP written otherwise. */
export type NamingSource = 'etl2pcapng' | 'ptcpdump' | 'pktap';

const SOURCES: readonly NamingSource[] = ['etl2pcapng', 'ptcpdump', 'pktap'];
const CONTEXT = SOURCES.indexOf('etl2pcapng');

/** Far more than hosts start in days; packets of any beyond them have no process. */
const MAX_PROCESSES = 2 ** 19;
const MAX_NAMES = 2 ** 16;
const NO_NAME = 0;

/** By id; names by their own number, which 0 stands for none. */
export interface ProcessRows {
  readonly pids: Uint32Array<ArrayBuffer>;
  readonly nameIds: Uint16Array<ArrayBuffer>;
  readonly sources: Uint8Array<ArrayBuffer>;
  readonly captures: Uint16Array<ArrayBuffer>;
  readonly names: (string | null)[];
}

/**
 * The processes that captures name for their packets, as small ids from 1. A process has an id of its own in each
 * capture that names it: two captures may be of two hosts.
 */
export class NamedProcesses {
  #count = 0;
  #pids = new Uint32Array(64);
  #nameIds = new Uint16Array(64);
  #sources = new Uint8Array(64);
  #captures = new Uint16Array(64);
  #kin = new Uint32Array(64);
  #names: (string | null)[] = [null];
  /** The names as the captures have them, to be compared without making a text. */
  readonly #octets: Uint8Array[] = [new Uint8Array(0)];
  readonly #nameIdOf = new Map<string, number>();
  /** By capture: ids by source, process id and name. */
  readonly #ids: Map<number, number>[] = [];
  /** The first id of each process, whichever capture names it. */
  readonly #firstIds = new Map<number, number>();

  /** The id of a process with its name in UTF-8, empty where it is not known; 0 where there is no room for another. */
  id(capture: number, source: NamingSource, pid: number, name: Uint8Array): number {
    const sourceId = SOURCES.indexOf(source);
    const nameId = this.#nameId(name);
    this.#ids[capture] ??= new Map();
    const ids = this.#ids[capture];
    const key = (pid * MAX_NAMES + nameId) * SOURCES.length + sourceId;
    const known = ids.get(key);
    if (known !== undefined) return known;
    if (this.#count === MAX_PROCESSES) return 0;
    const id = ++this.#count;
    if (id === this.#pids.length) this.#grow();
    this.#pids[id] = pid;
    this.#nameIds[id] = nameId;
    this.#sources[id] = sourceId;
    this.#captures[id] = capture;
    ids.set(key, id);
    if (!this.#firstIds.has(key)) this.#firstIds.set(key, id);
    this.#kin[id] = this.#firstIds.get(key)!;
    return id;
  }

  /** All of them, to be adopted by another instance. */
  get rows(): ProcessRows {
    const names = this.#names;
    return { pids: this.#pids, nameIds: this.#nameIds, sources: this.#sources, captures: this.#captures, names };
  }

  /** Knows the processes that another instance gave an id; gives none itself from then on. */
  adopt({ pids, nameIds, sources, captures, names }: ProcessRows): void {
    this.#pids = pids;
    this.#nameIds = nameIds;
    this.#sources = sources;
    this.#captures = captures;
    this.#names = names;
  }

  pid(id: number): number {
    return this.#pids[id]!;
  }

  name(id: number): string | null {
    return this.#names[this.#nameIds[id]!]!;
  }

  source(id: number): NamingSource {
    return SOURCES[this.#sources[id]!]!;
  }

  /** Index of the capture that names the process. */
  capture(id: number): number {
    return this.#captures[id]!;
  }

  /** Whether the octets [from, to) of `view` are the name of the process. */
  isNamed(id: number, view: DataView, from: number, to: number): boolean {
    const octets = this.#octets[this.#nameIds[id]!]!;
    if (to - from !== octets.length) return false;
    for (let at = 0; at < octets.length; at++) if (view.getUint8(from + at) !== octets[at]) return false;
    return true;
  }

  /** The same number for all ids of one process, whichever captures name it. */
  kin(id: number): number {
    return this.#kin[id]!;
  }

  /** Only the process that ran when the packet was logged, which need not be the one that the packet belongs to. */
  isContext(id: number): boolean {
    return this.#sources[id] === CONTEXT;
  }

  #nameId(octets: Uint8Array): number {
    if (octets.length === 0) return NO_NAME;
    const name = new TextDecoder().decode(octets);
    const known = this.#nameIdOf.get(name);
    if (known !== undefined) return known;
    if (this.#names.length === MAX_NAMES) return NO_NAME;
    this.#nameIdOf.set(name, this.#names.length);
    this.#octets.push(octets.slice());
    return this.#names.push(name) - 1;
  }

  #grow(): void {
    const capacity = this.#pids.length * 2;
    this.#pids = grown(this.#pids, new Uint32Array(capacity));
    this.#nameIds = grown(this.#nameIds, new Uint16Array(capacity));
    this.#sources = grown(this.#sources, new Uint8Array(capacity));
    this.#captures = grown(this.#captures, new Uint16Array(capacity));
    this.#kin = grown(this.#kin, new Uint32Array(capacity));
  }
}

function grown<Column extends Uint8Array | Uint16Array | Uint32Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
