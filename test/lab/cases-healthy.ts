import { anyHealthyHost } from './any-host.ts';
import { type Case, DAY, HOUR, host, MINUTE, office, plan, talking, traffic } from './cases.ts';
import { type Arrivals, batches, dayAndNight, poisson, type Script, type Traffic } from './traffic.ts';

/** Hosts without a fault, each with something about it that has fooled simple rules. */
export const HEALTHY: Case[] = [
  {
    name: 'healthy, random order',
    what: 'three servers, 8 new sessions a second, ports by chance',
    plan: (seed) => plan(seed, HOUR, [host('random', office(8))]),
  },
  {
    name: 'healthy, sequential order',
    what: 'the same, ports one after the other',
    plan: (seed) => plan(seed, HOUR, [host('sequential', office(8))]),
  },
  {
    name: 'healthy, per-remote order',
    what: 'the same with the order and the 60 s of Linux, judged at the 120 s that are assumed',
    plan: (seed) => plan(seed, HOUR, [host('per-remote', office(8), { timeWaitSeconds: 60.6 })]),
  },
  {
    name: 'healthy, small pool, random order',
    what: '2000 ports drawn 18 times each',
    plan: (seed) => plan(seed, 2 * HOUR, [host('random', office(5), smallPool('random'))]),
    options: { portRange: { first: 50000, last: 51999 } },
  },
  {
    name: 'healthy, one server, random order',
    what: '2000 ports drawn 20 times each: enough to rule a loss out',
    plan: (seed) =>
      plan(seed, 2 * HOUR, [host('random', [traffic(0, poisson(40_000 / (2 * HOUR)))], smallPool('random'))]),
    options: { portRange: { first: 50000, last: 51999 } },
    verdicts: { 'lost-ports': 'excluded' },
  },
  {
    name: 'healthy, one server, sequential order',
    what: 'the same one after the other',
    plan: (seed) =>
      plan(seed, 2 * HOUR, [host('sequential', [traffic(0, poisson(40_000 / (2 * HOUR)))], smallPool('sequential'))]),
    options: { portRange: { first: 50000, last: 51999 } },
    verdicts: { 'lost-ports': 'excluded' },
  },
  {
    name: 'healthy, small pool, sequential order',
    what: '2000 ports, 18 passes over them',
    plan: (seed) => plan(seed, 2 * HOUR, [host('sequential', office(5), smallPool('sequential'))]),
    options: { portRange: { first: 50000, last: 51999 } },
  },
  {
    name: 'traffic that fades',
    what: 'from 8 new sessions a second to one in five within an hour',
    plan: (seed) => plan(seed, HOUR, [host('sequential', office(8, fading))]),
  },
  {
    name: 'traffic at night only',
    what: 'a day and a half; by day it falls to a fiftieth',
    plan: (seed) =>
      plan(seed, 1.5 * DAY, [
        host(
          'random',
          office(0.6, (rate) => dayAndNight(rate, 0.02)),
        ),
      ]),
  },
  {
    name: 'batch jobs',
    what: 'every five minutes 60 sessions in a row to one server, beside steady traffic to two others',
    plan: (seed) =>
      plan(seed, 3 * HOUR, [host('sequential', [...office(2), traffic(3, batches(5 * MINUTE, 60, 0.3))])]),
  },
  {
    name: 'batch jobs alone',
    what: 'every four minutes 80 sessions in a row to each of two servers, nothing between but a few that talk',
    plan: (seed) =>
      plan(seed, 3 * HOUR, [
        host('random', [
          traffic(0, batches(4 * MINUTE, 80, 0.2)),
          traffic(1, batches(4 * MINUTE, 80, 0.2), { end: 'remote' }),
          talking(2, 8, 15),
        ]),
      ]),
  },
  {
    name: 'connection pools that rest',
    what: '60 sessions, opened one after the other in the first minutes, that are used every ten minutes or so, and short ones beside',
    plan: (seed) => plan(seed, 3 * HOUR, [host('sequential', [...office(3), talking(3, 60, 10 * MINUTE)])]),
  },
  {
    name: 'connection pools beside short sessions',
    what: 'the same with both towards one server',
    plan: (seed) => plan(seed, 3 * HOUR, [host('sequential', [...office(3), talking(0, 60, 10 * MINUTE)])]),
  },
  {
    name: 'connection pools when the work is done',
    what: '40 sessions that were opened as the work grew rest when it ends, for two of six hours; a few monitors go on',
    plan: (seed) => plan(seed, 6 * HOUR, [host('sequential', [growingPool(40, 4 * HOUR), ...office(0.3)])]),
  },
  {
    name: 'a client that looks through its sessions once a minute',
    what: 'and closes only then what the server has closed since; it had run before the capture',
    plan: (seed) =>
      plan(seed, 15 * MINUTE, [host('sequential', [lookedThrough(), ...office(3)])], { warmupSeconds: 5 * MINUTE }),
  },
  {
    name: 'jobs that are seen as a whole',
    what: 'ten minutes of two sessions a second to each of two servers, five minutes after the start, and nothing beside',
    plan: (seed) => plan(seed, HOUR, [host('random', [job(0), job(1), talking(2, 8, 15)])]),
  },
  {
    name: 'another address from the middle on',
    what: 'as temporary addresses of IPv6 are renewed: sessions go on under the old one, new ones come under the new one',
    plan: (seed) =>
      plan(seed, 30 * MINUTE, [
        host(
          'sequential',
          office(4).map((part) => ({ ...part, to: 15 * MINUTE })),
        ),
        host(
          'sequential',
          office(4).map((part) => ({ ...part, from: 15 * MINUTE })),
          { address: '10.1.1.77' },
        ),
      ]),
  },
  {
    name: 'half an hour for one answer',
    what: 'one session a minute whose only answer takes 15 to 45 minutes',
    plan: (seed) =>
      plan(seed, 4 * HOUR, [
        host('random', [...office(2), traffic(3, poisson(1 / MINUTE), { serviceSeconds: 30 * MINUTE, end: 'remote' })]),
      ]),
  },
  {
    name: 'an application that restarts',
    what: 'every half hour one of the applications is away for 12 s and opens its sessions anew',
    plan: (seed) =>
      plan(seed, 2 * HOUR, [host('sequential', [...office(4), ...[0, 1, 2, 3].map((part) => restarting(part))])]),
  },
  {
    name: 'loopback takes most of the ports',
    what: 'of the draws of a sequential pool of 2000 ports seven in ten cannot be seen',
    plan: (seed) =>
      plan(seed, 2 * HOUR, [
        host('sequential', [...office(3), traffic(3, poisson(7), {}, { visible: false })], smallPool('sequential')),
      ]),
    options: { portRange: { first: 50000, last: 51999 } },
  },
  {
    name: 'a host put together by chance',
    what: 'order, length, applications, rhythms, sessions and gaps of the capture drawn anew for every seed',
    plan: anyHealthyHost,
    options: { portRange: { first: 50000, last: 51999 } },
  },
];

export function smallPool(order: 'random' | 'sequential', shared = false) {
  return { ports: { first: 50000, last: 51999, order, shared } };
}

/** Sessions that are opened as they are needed, used until the end of the work, and kept. */
function growingPool(count: number, endOfWork: number): Traffic {
  let opened = 0;
  const arrivals: Arrivals = (now, random) =>
    opened++ < count ? now + random.exponential(4 * MINUTE) : Number.POSITIVE_INFINITY;
  const script = (_: unknown, now: number): Partial<Script> => ({
    rounds: Math.max(2, Math.floor((endOfWork - now) / 20)),
    pauseSeconds: 20,
    end: 'never',
  });
  return { ...traffic(3, arrivals), script };
}

function lookedThrough(): Traffic {
  return {
    ...traffic(3, poisson(1)),
    script: (random) => ({ end: 'remote', lingerSeconds: 5, closeSeconds: random.between(0.1, MINUTE) }),
  };
}

function job(server: number): Traffic {
  return traffic(server, poisson(2), {}, { from: 5 * MINUTE, to: 15 * MINUTE });
}

function fading(rate: number) {
  return poisson(rate, (seconds) => rate * Math.max(0.2, 1 - (0.8 * seconds) / HOUR));
}

/** One life of the application, half an hour: a dozen sessions that talk and end with it, and short ones meanwhile. */
function restarting(part: number) {
  const from = part * 30 * MINUTE;
  const to = from + 30 * MINUTE - 12;
  return traffic(3, poisson(2), { rounds: 2, pauseSeconds: 1 }, { from, to });
}
