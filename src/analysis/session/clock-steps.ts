/** Times that a capture has twice, as its clock was set back from `to` to `from`. */
export interface ClockStep {
  readonly from: number;
  readonly to: number;
}

/** A clock that is set back by less spoils no gap that matters. */
const STEP_NANOSECONDS = 5e9;
/** Fewer packets than that behind the others have a wrong time of their own. */
const STEP_PACKETS = 10;

/**
 * Finds where the clock was set back. Two interfaces whose clocks differ step with every change from one to the other:
 * steps that overlap become one, so there are no more than the times of the capture have room for.
 */
export class ClockSteps {
  readonly #found: ClockStep[] = [];
  #from = Number.NaN;
  #to = Number.NaN;
  #packets = 0;

  /** A packet at `time`, when the latest before it came at `latest`, which is later. */
  note(time: number, latest: number): void {
    if (latest - time <= STEP_NANOSECONDS) return;
    if (latest !== this.#to) {
      this.#keep();
      this.#from = time;
      this.#to = latest;
    }
    this.#from = Math.min(this.#from, time);
    this.#packets++;
  }

  #keep(): void {
    if (this.#packets >= STEP_PACKETS) {
      let step: ClockStep = { from: this.#from, to: this.#to };
      for (let last = this.#found.at(-1); last !== undefined && last.to >= step.from; last = this.#found.at(-1)) {
        step = { from: Math.min(step.from, last.from), to: Math.max(step.to, last.to) };
        this.#found.pop();
      }
      this.#found.push(step);
    }
    this.#packets = 0;
  }

  /** In order of time; no two overlap. */
  get found(): readonly ClockStep[] {
    this.#keep();
    return this.#found;
  }
}

/** Whether one of the steps, which are in order, may lie between two times: unless both are before it, or both behind. */
export function mayStepBetween(steps: readonly ClockStep[], one: number, other: number): boolean {
  const first = Math.min(one, other);
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps[middle]!.to < first) low = middle + 1;
    else high = middle;
  }
  return low < steps.length && steps[low]!.from <= Math.max(one, other);
}
