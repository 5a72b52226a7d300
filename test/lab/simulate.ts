import type { SegmentSink } from '../../src/analysis/segment/segment.ts';
import { Timeline } from '../../src/analysis/segment/timeline.ts';
import { Host, type Session } from './host.ts';
import { Random } from './random.ts';
import { Schedule } from './schedule.ts';
import type { HostPlan } from './traffic.ts';
import { Truth } from './truth.ts';
import { type View, Wire } from './wire.ts';

export interface Plan {
  seed: number;
  /** Length of the capture. */
  seconds: number;
  /** Seconds that the hosts run before the capture begins. */
  warmupSeconds?: number;
  hosts: HostPlan[];
  view?: View;
}

export interface Run {
  truth: Truth;
  hosts: Host[];
  packets: number;
}

/** Plays a plan and hands every segment that the capture point sees to the sink; gives what really happened. */
export function simulate(plan: Plan, sink: SegmentSink, timeline = new Timeline()): Run {
  const random = new Random(plan.seed);
  const truth = new Truth();
  const wire = new Wire(sink, timeline, plan.view ?? {}, new Random(plan.seed + 1_000_003));
  const hosts = plan.hosts.map((host) => new Host(host, random, wire, truth));
  new Playing(plan, hosts, random).run();
  return { truth, hosts, packets: wire.packets };
}

/** The loop of a run: sessions and applications are entries of one schedule, the applications first. */
class Playing {
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #schedule = new Schedule();
  readonly #applications: { host: Host; traffic: number }[] = [];
  readonly #sessions: (Session | null)[] = [];
  readonly #free: number[] = [];

  constructor(plan: Plan, hosts: Host[], random: Random) {
    this.#plan = plan;
    this.#random = random;
    for (const host of hosts) {
      for (const traffic of host.plan.traffic.keys()) this.#applications.push({ host, traffic });
    }
  }

  run(): void {
    const start = -(this.#plan.warmupSeconds ?? 0);
    for (const [id, { host, traffic }] of this.#applications.entries()) {
      this.#scheduleNext(id, Math.max(start, host.plan.traffic[traffic]!.from ?? start));
    }
    while (this.#schedule.count > 0 && this.#schedule.nextTime < this.#plan.seconds) {
      const now = this.#schedule.nextTime;
      const id = this.#schedule.take();
      if (id < this.#applications.length) this.#arrive(id, now);
      else this.#play(id - this.#applications.length, now);
    }
  }

  #arrive(id: number, now: number): void {
    const { host, traffic } = this.#applications[id]!;
    const session = host.open(traffic, now);
    if (session) {
      const at = this.#free.pop() ?? this.#sessions.length;
      this.#sessions[at] = session;
      this.#play(at, now);
    }
    this.#scheduleNext(id, now);
  }

  #scheduleNext(id: number, now: number): void {
    const { host, traffic } = this.#applications[id]!;
    const { arrivals, to } = host.plan.traffic[traffic]!;
    const time = arrivals(now, this.#random);
    if (time < (to ?? this.#plan.seconds)) this.#schedule.add(time, id);
  }

  #play(at: number, now: number): void {
    const session = this.#sessions[at]!;
    const wait = session.host.step(session, now);
    if (wait < Number.POSITIVE_INFINITY) {
      this.#schedule.add(now + wait, this.#applications.length + at);
      return;
    }
    this.#sessions[at] = null;
    this.#free.push(at);
  }
}
