import { CLIENT, HOUR, MINUTE, plan } from './cases.ts';
import { Random } from './random.ts';
import type { Plan } from './simulate.ts';
import { type Arrivals, batches, dayAndNight, poisson, type Script, type Traffic } from './traffic.ts';
import type { View } from './wire.ts';

const POOL = { first: 50000, last: 51999 };
const SIZE = POOL.last - POOL.first + 1;
/** What the ports of a healthy host may hold at a time. */
const HELD_SHARE = 0.35;

/** A healthy host put together by chance: order, length, applications, their rhythm and their sessions, and the capture. */
export function anyHealthyHost(seed: number): Plan {
  const random = new Random(seed * 7919);
  const order = pick(random, ['sequential', 'random', 'per-remote'] as const);
  const seconds = HOUR * pick(random, [0.25, 0.5, 1, 3, 8, 24]);
  const timeWaitSeconds = pick(random, [30, 60.6, 120, 240]);
  const rate = Math.min(random.between(2000, 30_000) / seconds, (HELD_SHARE * SIZE) / (timeWaitSeconds + 10));
  const traffic = shares(random).map((share, server) => application(random, server, rate * share, seconds));
  if (random.chance(0.4)) traffic.push(talkers(random));
  if (random.chance(0.3)) traffic.push(unseen(random, rate));
  const warmupSeconds = random.chance(0.5) ? Math.min(seconds, HOUR / 2) : 0;
  const hosts = [
    { address: CLIENT, ports: { ...POOL, order, shared: order === 'per-remote' }, timeWaitSeconds, traffic },
  ];
  return plan(seed, seconds, hosts, { warmupSeconds, view: view(random, seconds) });
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)]!;
}

function shares(random: Random): number[] {
  const parts = Array.from({ length: 1 + random.below(5) }, () => random.exponential(1) + 0.05);
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / total);
}

function application(random: Random, server: number, rate: number, seconds: number): Traffic {
  const rounds = random.below(4);
  const usual: Partial<Script> = {
    pauseSeconds: pick(random, [0.1, 1, 5, 30]),
    serviceSeconds: pick(random, [0.002, 0.1, 2]),
    lingerSeconds: pick(random, [0.001, 0.5, 3]),
  };
  const end = pick(random, ['client', 'remote', 'rst-client', 'rst-remote'] as const);
  const mixed = random.chance(0.3);
  return {
    remote: { address: `10.2.0.${server + 1}`, port: 443 },
    arrivals: rhythm(random, rate, seconds),
    rttSeconds: pick(random, [0.0003, 0.02, 0.2]),
    script: (chance) => ({
      ...usual,
      terse: chance.chance(0.5),
      rounds: mixed ? chance.below(5) : rounds,
      end: mixed ? pick(chance, ['client', 'remote', 'rst-client'] as const) : end,
    }),
  };
}

function rhythm(random: Random, rate: number, seconds: number): Arrivals {
  const batch = rate * 5 * MINUTE;
  switch (random.below(6)) {
    case 0:
      return dayAndNight(rate, 0.05);
    case 1:
      return batch > 3 ? batches(5 * MINUTE, Math.round(batch), Math.min(0.3, 80 / batch)) : poisson(rate);
    case 2:
      return poisson(rate, (time) => rate * Math.max(0.15, 1 - (0.85 * time) / seconds));
    case 3:
      return poisson(rate, (time) => rate * Math.max(0.2, 0.2 + (0.8 * time) / seconds));
    default:
      return poisson(rate);
  }
}

function talkers(random: Random): Traffic {
  const count = 1 + random.below(40);
  const pauseSeconds = pick(random, [5, 60, 600]);
  let opened = 0;
  return {
    remote: { address: '10.2.0.1', port: 443 },
    arrivals: (now, chance) => (opened++ < count ? now + chance.between(0.1, 5) : Number.POSITIVE_INFINITY),
    script: () => ({ rounds: 1e9, pauseSeconds }),
  };
}

function unseen(random: Random, rate: number): Traffic {
  return {
    remote: { address: '127.0.0.1', port: 9000 },
    arrivals: poisson(rate * random.between(0.1, 0.6)),
    script: () => ({}),
    visible: false,
  };
}

function view(random: Random, seconds: number): View {
  if (random.chance(0.15)) return { drops: pick(random, [0.0003, 0.003, 0.03]) };
  if (random.chance(0.1)) return { hole: { from: 0.4 * seconds, to: 0.5 * seconds } };
  if (random.chance(0.1)) return { side: random.chance(0.5) ? 'client' : 'remote' };
  return {};
}
