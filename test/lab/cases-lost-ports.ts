import { type Case, DAY, HOUR, host, plan, remoteText, traffic, WINDOWS } from './cases.ts';
import { smallPool } from './cases-healthy.ts';
import type { Plan } from './simulate.ts';
import { poisson, type Traffic } from './traffic.ts';

const POOL = 2000;
const SMALL = { portRange: { first: 50000, last: 51999 } };
const LARGE = WINDOWS.last - WINDOWS.first + 1;

/** Hosts that lose ports though every session is closed. */
export const LOST_PORTS: Case[] = [
  forHost('sequential', 0.05, 16),
  forHost('sequential', 0.2, 16),
  { ...forHost('random', 0.05, 16), mayBeBelowPower: true },
  forHost('random', 0.2, 16),
  { ...forHost('sequential', 0.05, 3), mayBeBelowPower: true },
  { ...forHost('random', 0.05, 4), mayBeBelowPower: true },
  { ...forHost('random', 0.2, 7), mayBeBelowPower: true },
  {
    name: 'lost ports towards one remote, sequential order',
    what: 'one server loses three quarters of 2000 ports in 34 passes, two others nothing: their ports fall silent too, and come back',
    plan: (seed) => trap(seed, 'sequential'),
    options: SMALL,
    expects: [{ code: 'lost-ports', remote: remoteText(0) }],
  },
  {
    name: 'lost ports towards one remote, random order',
    what: 'the same with ports by chance',
    plan: (seed) => trap(seed, 'random'),
    options: SMALL,
    expects: [{ code: 'lost-ports', remote: remoteText(0) }],
  },
  {
    name: 'lost ports, few draws on a large pool',
    what: '20,000 draws on 16,384 ports, a twentieth of them lost: no test can see it',
    plan: (seed) => plan(seed, 6 * HOUR, [host('random', losing(20_000 / (6 * HOUR), (0.05 * LARGE) / 20_000))]),
    expects: [{ code: 'lost-ports', remote: null }],
    mayBeBelowPower: true,
  },
];

/** The large pool of Windows takes 250,000 sessions until it can be judged; fewer seeds do for it. */
export const LOST_PORTS_LARGE: Case = {
  name: 'lost ports on the large pool, random order',
  what: 'a day, 260,000 draws on 16,384 ports, a twentieth of them lost',
  plan: (seed) => plan(seed, DAY, [host('random', losing(260_000 / DAY, (0.05 * LARGE) / 260_000))]),
  expects: [{ code: 'lost-ports', remote: null }],
};

function forHost(order: 'sequential' | 'random', share: number, drawsAPort: number): Case {
  const seconds = 2 * HOUR;
  const rate = (POOL * drawsAPort) / seconds;
  return {
    name: `lost ports, ${order} order, ${100 * share} % of the pool in ${drawsAPort} draws a port`,
    what: 'four servers, every session closed, ports lost at a steady pace for all of them',
    plan: (seed) => plan(seed, seconds, [host(order, losing(rate, share / drawsAPort), smallPool(order))]),
    options: SMALL,
    expects: [{ code: 'lost-ports', remote: null }],
  };
}

function losing(perSecond: number, chance: number): Traffic[] {
  const loses: Traffic['loses'] = (random) => (random.chance(chance) ? 'everywhere' : 'nothing');
  return [0.4, 0.3, 0.2, 0.1].map((share, server) =>
    traffic(server, poisson(perSecond * share), { end: server % 2 === 0 ? 'client' : 'remote' }, { loses }),
  );
}

/** The loss towards one remote shifts the pointer, and so the ports that its neighbours get. */
function trap(seed: number, order: 'sequential' | 'random'): Plan {
  const seconds = 4 * HOUR;
  const loses: Traffic['loses'] = (random) => (random.chance(0.035) ? 'towards-remote' : 'nothing');
  return plan(seed, seconds, [
    host(
      order,
      [
        traffic(0, poisson(43_000 / seconds), {}, { loses }),
        traffic(1, poisson(17_000 / seconds)),
        traffic(2, poisson(8_700 / seconds), { end: 'remote' }),
      ],
      smallPool(order),
    ),
  ]);
}
