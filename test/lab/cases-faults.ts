import {
  type Case,
  type Expected,
  HOUR,
  host,
  MINUTE,
  office,
  plan,
  remoteText,
  SERVERS,
  talking,
  traffic,
} from './cases.ts';
import { smallPool } from './cases-healthy.ts';
import { batches, poisson, type Script, type Traffic } from './traffic.ts';

const SMALL = { portRange: { first: 50000, last: 51999 } };
const A = remoteText(0);

/** Hosts with one fault, on top of traffic without any. */
export const FAULTS: Case[] = [
  {
    name: 'churn exhaustion towards one remote',
    what: '30 new sessions a second on 2000 ports that are shared between remotes, TIME_WAIT 120 s',
    plan: (seed) => plan(seed, 15 * MINUTE, [host('sequential', churn(30), smallPool('sequential', true))]),
    options: SMALL,
    expects: [{ code: 'port-exhaustion', remote: A }],
    allows: [{ code: 'attempts-stalled-remote', remote: A }],
  },
  {
    name: 'churn exhaustion of the host',
    what: 'the same to four remotes, where a port serves one remote at a time',
    plan: (seed) => plan(seed, 15 * MINUTE, [host('random', even(30), smallPool('random'))]),
    options: SMALL,
    expects: [{ code: 'port-exhaustion', remote: null }],
    allows: stalls(),
  },
  {
    name: 'fast reuse',
    what: 'a client that binds eight ports and opens the next session two seconds after it closed the last',
    plan: (seed) =>
      plan(seed, 20 * MINUTE, [
        host('sequential', [traffic(0, poisson(3))], {
          ports: { first: 6000, last: 6007, order: 'sequential' },
          timeWaitSeconds: 1.5,
        }),
      ]),
    expects: [{ code: 'reuse-in-time-wait', remote: A }],
  },
  leak('sessions never closed, 2 %', 0.02, 'never', 'sessions-never-closed'),
  leak('sessions never closed, 10 %', 0.1, 'never', 'sessions-never-closed'),
  leak('CLOSE_WAIT, 2 %', 0.02, 'close-wait', 'half-closed-sessions'),
  leak('CLOSE_WAIT, 10 %', 0.1, 'close-wait', 'half-closed-sessions'),
  {
    name: 'stall of one remote',
    what: 'attempts to one of three servers end in the middle, the others go on',
    plan: (seed) =>
      plan(seed, 30 * MINUTE, [
        host('sequential', [traffic(0, poisson(2), {}, { to: 15 * MINUTE }), ...office(4).slice(1)]),
      ]),
    expects: [{ code: 'attempts-stalled-remote', remote: A }],
  },
  {
    name: 'stall of the host',
    what: 'all attempts end in the middle, established sessions go on talking',
    plan: (seed) =>
      plan(seed, 30 * MINUTE, [
        host('random', [...office(6).map((part) => ({ ...part, to: 15 * MINUTE })), talking(3, 10, 5)]),
      ]),
    expects: [{ code: 'attempts-stalled-host', remote: null }],
  },
  {
    name: 'a server that refuses',
    what: 'one in five attempts to one server gets a RST, which Windows asks for three times',
    plan: (seed) => plan(seed, 20 * MINUTE, [host('sequential', [...office(4).slice(1), failing('refuse')])]),
    expects: [{ code: 'refused-attempts', remote: A }],
  },
  {
    name: 'a server that is silent',
    what: 'one in five attempts to one server gets no answer',
    plan: (seed) => plan(seed, 20 * MINUTE, [host('sequential', [...office(4).slice(1), failing('silent')])]),
    expects: [{ code: 'unanswered-attempts', remote: A }],
  },
  {
    name: 'a leak of one client among three',
    what: 'three hosts behind one capture point with the same servers, one of them never closes 5 %',
    plan: (seed) =>
      plan(seed, 30 * MINUTE, [
        host('sequential', [...office(4).slice(1), leaking(0.05, 'never')]),
        ...['10.1.1.11', '10.1.1.12'].map((address) => host('random', office(4), { address })),
      ]),
    expects: [{ code: 'sessions-never-closed', remote: A }],
  },
  {
    name: 'a leak of a batch job',
    what: 'every five minutes 40 sessions in a row and nothing between; one in ten is never closed',
    plan: (seed) =>
      plan(seed, 3 * HOUR, [
        host('sequential', [
          {
            ...traffic(0, batches(5 * MINUTE, 40, 0.5)),
            script: (random) => (random.chance(0.1) ? { end: 'never' } : {}),
          },
        ]),
      ]),
    expects: [{ code: 'sessions-never-closed', remote: A }],
  },
];

function churn(perSecond: number): Traffic[] {
  return [
    traffic(0, poisson(perSecond)),
    traffic(1, poisson(2), { end: 'remote' }),
    traffic(2, poisson(2), { end: 'remote' }),
  ];
}

function even(perSecond: number): Traffic[] {
  return SERVERS.map((_, server) => traffic(server, poisson(perSecond / SERVERS.length)));
}

function stalls(): Expected[] {
  const remotes = SERVERS.map((_, server) => ({
    code: 'attempts-stalled-remote' as const,
    remote: remoteText(server),
  }));
  return [...remotes, { code: 'attempts-stalled-host', remote: null }];
}

function leak(
  name: string,
  share: number,
  end: Script['end'],
  code: 'sessions-never-closed' | 'half-closed-sessions',
): Case {
  return {
    name,
    what: `of the sessions to one server, two a second for an hour; the others are closed`,
    plan: (seed) => plan(seed, HOUR, [host('random', [...office(4).slice(1), leaking(share, end)])]),
    expects: [{ code, remote: A }],
  };
}

function leaking(share: number, end: Script['end']): Traffic {
  return {
    remote: { address: SERVERS[0]!, port: 3200 },
    arrivals: poisson(2),
    script: (random) => (random.chance(share) ? { end, terse: true } : { terse: true }),
  };
}

function failing(answer: Script['answer']): Traffic {
  return {
    remote: { address: SERVERS[0]!, port: 3200 },
    arrivals: poisson(2),
    script: (random) => (random.chance(0.2) ? { answer } : { terse: true }),
  };
}

/** The question that the program was made for: three days, 500 sessions that talk, few in TIME_WAIT, and two errors. */
export const QUESTION: Case = {
  name: 'event 4227 with 500 sessions open',
  what: 'three days; about 500 sessions open and talking, four in TIME_WAIT, event 4227 and an error that names 127.0.0.1:8510',
  plan: (seed) =>
    plan(seed, 3 * 24 * HOUR, [
      host('sequential', [
        talking(0, 260, 8 * MINUTE),
        talking(1, 240, 12 * MINUTE),
        traffic(0, poisson(1 / 60)),
        traffic(2, poisson(1 / 60)),
      ]),
    ]),
  options: {
    events: [
      { seconds: 3 * 24 * HOUR - 600, text: 'Tcpip 4227' },
      { seconds: 3 * 24 * HOUR - 598, text: 'connect to 127.0.0.1:8510 failed: WSAENOBUFS (10055)' },
    ],
  },
  expects: [{ code: 'loopback-blind-spot', remote: null }],
  verdicts: { 'port-exhaustion': 'excluded' },
  allows: [{ code: 'refused-locally', remote: null }],
};
