/** What the laboratory plays: hosts that are healthy and hosts with one fault, and what must be said of each. */
import type { FindingCode } from '../../src/contract/report.ts';
import type { LabOptions } from './diagnose.ts';
import type { Plan } from './simulate.ts';
import type { Arrivals, HostPlan, Script, Traffic } from './traffic.ts';
import { poisson } from './traffic.ts';

export interface Expected {
  code: FindingCode;
  /** Null for host-wide. */
  remote: string | null;
}

export interface Case {
  name: string;
  /** What is in it, for the table of results. */
  what: string;
  plan(seed: number): Plan;
  options?: LabOptions;
  /** What must be supported; nothing where the host is healthy. */
  expects?: Expected[];
  /** Verdicts that must stand for these codes. */
  verdicts?: Partial<Record<FindingCode, 'excluded' | 'inconclusive'>>;
  /** What the scenario really holds beside that, so that it may be told. */
  allows?: Expected[];
  /** The fault may lie below what the capture can show: then it is neither found nor ruled out. */
  mayBeBelowPower?: boolean;
}

export const CLIENT = '10.1.1.10';
export const SERVERS = ['10.2.0.1', '10.2.0.2', '10.2.0.3', '10.2.0.4'];
export const PORT = 3200;
export const WINDOWS = { first: 49152, last: 65535 };
export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 24 * HOUR;

export function remoteText(server: number): string {
  return `${SERVERS[server]}:${PORT}`;
}

export function traffic(
  server: number,
  arrivals: Arrivals,
  script: Partial<Script> = {},
  more: Partial<Traffic> = {},
): Traffic {
  return {
    remote: { address: SERVERS[server]!, port: PORT },
    arrivals,
    script: () => ({ terse: true, ...script }),
    ...more,
  };
}

/** Sessions that are opened one after the other in the beginning and talk to the end. */
export function talking(server: number, count: number, pauseSeconds: number, more: Partial<Script> = {}): Traffic {
  let opened = 0;
  const arrivals: Arrivals = (now, random) =>
    opened++ < count ? now + random.between(0.1, 3) : Number.POSITIVE_INFINITY;
  return traffic(server, arrivals, { rounds: 1e9, pauseSeconds, terse: false, ...more });
}

/** Short sessions to three servers at a steady pace, each closed by another side, and ten that talk all along. */
export function office(perSecond: number, arrivals: (rate: number) => Arrivals = poisson): Traffic[] {
  return [
    traffic(0, arrivals(0.5 * perSecond), { end: 'client' }),
    traffic(1, arrivals(0.3 * perSecond), { end: 'remote', lingerSeconds: 0.5 }),
    {
      ...traffic(2, arrivals(0.2 * perSecond)),
      script: (random) => ({ rounds: 1 + random.below(4), end: random.chance(0.05) ? 'rst-remote' : 'client' }),
    },
    talking(0, 10, 20),
  ];
}

type Order = HostPlan['ports']['order'];

export function host(order: Order, applications: Traffic[], more: Partial<HostPlan> = {}): HostPlan {
  return {
    address: CLIENT,
    ports: { ...WINDOWS, order, shared: order === 'per-remote' },
    timeWaitSeconds: 120,
    traffic: applications,
    ...more,
  };
}

export function plan(seed: number, seconds: number, hosts: HostPlan[], more: Partial<Plan> = {}): Plan {
  return { seed, seconds, hosts, ...more };
}
