import { type Case, HOUR, host, MINUTE, office, plan, remoteText, talking, traffic } from './cases.ts';
import { smallPool } from './cases-healthy.ts';
import { poisson, type Traffic } from './traffic.ts';
import type { View } from './wire.ts';

/** Healthy hosts through captures that do not show all, and faults that must not be told of them. */
export const LIMITS: Case[] = [
  limited('a capture with a hole', 'nothing is captured for five minutes in the middle', {
    hole: { from: 14 * MINUTE, to: 19 * MINUTE },
  }),
  {
    name: 'many short holes',
    what: 'a ring buffer that lacks eight seconds again and again, and sessions that last half a minute',
    plan: (seed) =>
      plan(seed, 30 * MINUTE, [host('sequential', [lasting(), ...office(2).slice(1)])], {
        warmupSeconds: 300,
        view: { holes: { everySeconds: 115, seconds: 8 } },
      }),
  },
  {
    name: 'a clock that is set back',
    what: 'by five minutes, where a port comes back after more than three',
    plan: (seed) =>
      plan(
        seed,
        20 * MINUTE,
        [host('sequential', [traffic(0, poisson(8)), traffic(1, poisson(2))], smallPool('sequential'))],
        {
          view: { clockBack: { at: 12 * MINUTE, seconds: 5 * MINUTE } },
        },
      ),
    options: { portRange: { first: 50000, last: 51999 } },
  },
  {
    name: 'two minutes of sessions that are kept alive',
    what: 'the server closes what rested for two minutes, and the capture is no longer; short sessions beside',
    plan: (seed) =>
      plan(seed, 2 * MINUTE, [host('random', [keptAlive(), ...office(4)])], { warmupSeconds: 10 * MINUTE }),
  },
  limited('drops, one packet in a thousand', 'the capture loses packets by chance and does not know it', {
    drops: 0.001,
  }),
  limited('drops, one packet in fifty', 'the same, twenty times as many', { drops: 0.02 }),
  limited('packets of the client only', 'one direction', { side: 'client' }),
  limited('packets of the remote only', 'the other direction', { side: 'remote' }),
  limited('flags only', 'a capture filter that keeps SYN, FIN and RST', { flagsOnly: true }),
  {
    name: 'one direction of a busy host',
    what: 'a small pool of which half is in TIME_WAIT, and the capture shows no close as a whole',
    plan: (seed) =>
      plan(
        seed,
        HOUR,
        [host('sequential', [traffic(0, poisson(6)), traffic(1, poisson(2))], smallPool('sequential'))],
        {
          view: { side: seed % 2 === 0 ? 'client' : 'remote' },
        },
      ),
    options: { portRange: { first: 50000, last: 51999 } },
  },
  {
    name: 'drops where every session ends by a RST',
    what: 'one packet in thirty is lost, and no FIN shows it',
    plan: (seed) =>
      plan(seed, HOUR, [host('random', [traffic(0, poisson(4), { end: 'rst-remote' }), talking(0, 12, 60)])], {
        view: { drops: 0.03 },
      }),
  },
  {
    name: 'midstream',
    what: 'a capture that begins when the host has run for two hours, with hundreds of sessions open',
    plan: (seed) =>
      plan(
        seed,
        30 * MINUTE,
        [
          host('random', [
            ...office(4),
            traffic(3, poisson(0.1), { rounds: 40, pauseSeconds: 60, terse: false, end: 'remote' }),
          ]),
        ],
        { warmupSeconds: 2 * HOUR },
      ),
  },
  {
    name: 'a stall in a capture with a hole',
    what: 'the stall of one remote begins within the hole',
    plan: (seed) =>
      plan(
        seed,
        30 * MINUTE,
        [host('sequential', [traffic(0, poisson(2), {}, { to: 15 * MINUTE }), ...office(4).slice(1)])],
        { view: { hole: { from: 14 * MINUTE, to: 17 * MINUTE } } },
      ),
    expects: [{ code: 'attempts-stalled-remote', remote: remoteText(0) }],
    mayBeBelowPower: true,
  },
];

function lasting(): Traffic {
  return {
    ...traffic(0, poisson(1.5)),
    script: (random) => ({ rounds: 1 + random.below(6), pauseSeconds: 8, lingerSeconds: 5 }),
  };
}

function keptAlive(): Traffic {
  return {
    ...traffic(0, poisson(1)),
    script: (random) => ({ rounds: 1 + random.below(4), lingerSeconds: 2 * MINUTE, end: 'remote' }),
  };
}

function limited(name: string, what: string, view: View): Case {
  return {
    name,
    what,
    plan: (seed) => plan(seed, 30 * MINUTE, [host('sequential', office(6))], { view }),
  };
}
