/** What happens when: a binary heap of (time in seconds, id) in typed columns. Equal times come out in any order. */
export class Schedule {
  #times = new Float64Array(1024);
  #ids = new Uint32Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Time of the next entry; the schedule must not be empty. */
  get nextTime(): number {
    return this.#times[0]!;
  }

  add(time: number, id: number): void {
    if (this.#count === this.#times.length) this.#grow();
    let at = this.#count++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#times[parent]! <= time) break;
      this.#times[at] = this.#times[parent]!;
      this.#ids[at] = this.#ids[parent]!;
      at = parent;
    }
    this.#times[at] = time;
    this.#ids[at] = id;
  }

  /** Removes the next entry and gives its id; the schedule must not be empty. */
  take(): number {
    const id = this.#ids[0]!;
    const last = --this.#count;
    const time = this.#times[last]!;
    const moved = this.#ids[last]!;
    let at = 0;
    for (let child = 1; child < last; child = 2 * at + 1) {
      if (child + 1 < last && this.#times[child + 1]! < this.#times[child]!) child++;
      if (this.#times[child]! >= time) break;
      this.#times[at] = this.#times[child]!;
      this.#ids[at] = this.#ids[child]!;
      at = child;
    }
    this.#times[at] = time;
    this.#ids[at] = moved;
    return id;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const ids = new Uint32Array(this.#ids.length * 2);
    times.set(this.#times);
    ids.set(this.#ids);
    this.#times = times;
    this.#ids = ids;
  }
}
