import type { Random } from './random.ts';

/** How one session goes, as the two ends play it. */
export interface Script {
  answer: 'accept' | 'refuse' | 'silent';
  /** Requests, each with one answer. */
  rounds: number;
  requestBytes: number;
  responseBytes: number;
  /** Seconds the remote takes for an answer. */
  serviceSeconds: number;
  /** Seconds between an answer and the next request. */
  pauseSeconds: number;
  /** Seconds between the last answer and the end. */
  lingerSeconds: number;
  /** Seconds that the other side takes to close in its turn. */
  closeSeconds: number;
  /** The request rides on the handshake's ACK and the client's FIN on the answer's, as small clients do. */
  terse: boolean;
  /**
   * Who ends it: the first FIN of the client or the remote, a RST, nobody, the remote alone (the client stays in
   * CLOSE_WAIT), or the client alone (it stays in FIN_WAIT_2).
   */
  end: 'client' | 'remote' | 'rst-client' | 'rst-remote' | 'never' | 'close-wait' | 'fin-wait';
}

export const SCRIPT: Script = {
  answer: 'accept',
  rounds: 1,
  requestBytes: 200,
  responseBytes: 600,
  serviceSeconds: 0.004,
  pauseSeconds: 0.5,
  lingerSeconds: 0.01,
  closeSeconds: 0,
  terse: false,
  end: 'client',
};

/** Seconds of the next new session after `now`, or Infinity. */
export type Arrivals = (now: number, random: Random) => number;

/** New sessions come by chance, so many a second; the rate may change with time and never exceeds `peak`. */
export function poisson(peak: number, rate: (seconds: number) => number = () => peak): Arrivals {
  return (now, random) => {
    for (let time = now, tries = 0; tries < 1e6; tries++) {
      time += random.exponential(1 / peak);
      if (random.next() * peak < rate(time)) return time;
    }
    return Number.POSITIVE_INFINITY;
  };
}

/** `count` sessions one right after the other, again and again. */
export function batches(everySeconds: number, count: number, spacingSeconds: number): Arrivals {
  let left = 0;
  return (now, random) => {
    if (left === 0) {
      left = count;
      if (now > 0) return (Math.floor(now / everySeconds) + 1) * everySeconds + random.between(0, 1);
    }
    left--;
    return now + random.between(0.5, 1.5) * spacingSeconds;
  };
}

/** Day and night: full by day, `floor` of it in the middle of the night. */
export function dayAndNight(peak: number, floor: number): Arrivals {
  return poisson(
    peak,
    (seconds) => peak * (floor + (1 - floor) * 0.5 * (1 - Math.cos((2 * Math.PI * seconds) / 86400))),
  );
}

/** An application on a host that talks to one remote. */
export interface Traffic {
  remote: { address: string; port: number };
  arrivals: Arrivals;
  /** What differs from SCRIPT in this session. */
  script: (random: Random, seconds: number) => Partial<Script>;
  /** False: takes ports, but no packet of it passes the capture point (loopback, another interface). */
  visible?: boolean;
  rttSeconds?: number;
  /** Seconds in which the application runs; always when not given. */
  from?: number;
  to?: number;
  /** Called when a session has ended properly; what is lost then: nothing, the port towards this remote, or at all. */
  loses?: (random: Random, seconds: number) => 'nothing' | 'towards-remote' | 'everywhere';
}

export interface HostPlan {
  address: string;
  ports: { first: number; last: number; order: 'sequential' | 'random' | 'per-remote' | 'fixed'; shared?: boolean };
  /** Seconds that the client's TIME_WAIT lasts. */
  timeWaitSeconds: number;
  traffic: Traffic[];
}
