import { ACK, FIN, PSH, RST, SYN } from '../../src/analysis/segment/segment.ts';
import { v4 } from './addresses.ts';
import { PortSpace } from './ports.ts';
import type { Random } from './random.ts';
import { type HostPlan, SCRIPT, type Script, type Traffic } from './traffic.ts';
import type { Truth } from './truth.ts';
import type { Wire } from './wire.ts';

type Phase =
  | 'syn'
  | 'answer'
  | 'ack'
  | 'request'
  | 'response'
  | 'acknowledge'
  | 'end'
  | 'first-fin'
  | 'fin-held'
  | 'second-fin'
  | 'last-ack'
  | 'fin-acknowledged'
  | 'over';

/** Seconds after which an unanswered SYN is sent again, as Windows does (3, 6, then it gives up after 12). */
const SYN_WAITS = [3, 6, 12];
/** Seconds from a RST to the SYN that Windows repeats after it (KB175523), and how often it does. */
const REFUSED_WAIT = 0.5;
const REFUSED_REPEATS = 2;
const LOCAL_DELAY = 20e-6;

export interface Session {
  readonly host: Host;
  readonly traffic: number;
  readonly script: Script;
  readonly localPort: number;
  phase: Phase;
  /** Next sequence numbers of the two sides. */
  clientSeq: number;
  remoteSeq: number;
  rounds: number;
  tries: number;
}

/** One client host: takes ports for its applications' sessions and plays these, packet by packet. */
export class Host {
  readonly plan: HostPlan;
  readonly ports: PortSpace;
  readonly #address: number;
  readonly #remotes: number[];
  readonly #random: Random;
  readonly #wire: Wire;
  readonly #truth: Truth;

  constructor(plan: HostPlan, random: Random, wire: Wire, truth: Truth) {
    this.plan = plan;
    this.ports = new PortSpace(plan.ports, random);
    this.#address = v4(plan.address);
    this.#remotes = plan.traffic.map((traffic) => v4(traffic.remote.address));
    this.#random = random;
    this.#wire = wire;
    this.#truth = truth;
  }

  /** A new session of an application; null where no local port is left, which leaves no packet. */
  open(traffic: number, now: number): Session | null {
    const localPort = this.ports.draw(this.#remoteKey(traffic));
    if (localPort < 0) {
      this.#truth.refusedLocally.push({ client: this.plan.address, remote: this.#remoteText(traffic), seconds: now });
      return null;
    }
    const script = { ...SCRIPT, ...this.plan.traffic[traffic]!.script(this.#random, now) };
    return {
      host: this,
      traffic,
      script,
      localPort,
      phase: 'syn',
      clientSeq: this.#random.word(),
      remoteSeq: this.#random.word(),
      rounds: script.rounds,
      tries: 0,
    };
  }

  /** Plays the session's next step; gives the seconds until the one after it, Infinity when there is none. */
  step(session: Session, now: number): number {
    const { script } = session;
    const rtt = this.plan.traffic[session.traffic]!.rttSeconds ?? 0.0008;
    switch (session.phase) {
      case 'syn':
        return this.#syn(session, now, rtt);
      case 'answer':
        return this.#answer(session, now);
      case 'ack':
        session.phase = session.rounds > 0 ? 'request' : 'end';
        if (script.terse && session.rounds > 0) return this.step(session, now);
        this.#fromClient(session, now, ACK, 0);
        return session.rounds > 0 ? LOCAL_DELAY : script.lingerSeconds;
      case 'request':
        this.#fromClient(session, now, PSH | ACK, script.requestBytes);
        session.phase = 'response';
        return rtt + script.serviceSeconds * this.#random.between(0.5, 1.5);
      case 'response':
        this.#fromRemote(session, now, PSH | ACK, script.responseBytes);
        session.phase = 'acknowledge';
        return LOCAL_DELAY;
      case 'acknowledge':
        session.rounds--;
        if (!script.terse || session.rounds > 0 || script.end !== 'client') this.#fromClient(session, now, ACK, 0);
        session.phase = session.rounds > 0 ? 'request' : 'end';
        return session.rounds > 0 ? script.pauseSeconds * this.#random.between(0.5, 1.5) : script.lingerSeconds;
      case 'end':
        return this.#end(session, now, rtt);
      case 'first-fin':
      case 'fin-held':
      case 'second-fin':
      case 'fin-acknowledged':
      case 'last-ack':
        return this.#close(session, now, rtt);
      case 'over':
        this.ports.release(session.localPort, this.#remoteKey(session.traffic));
        return Number.POSITIVE_INFINITY;
    }
  }

  #syn(session: Session, now: number, rtt: number): number {
    this.#send(session, now, true, SYN, 0, session.clientSeq, 0);
    if (session.tries === 0) this.#count(session, now);
    if (session.script.answer !== 'silent') {
      session.phase = 'answer';
      return rtt;
    }
    const wait = SYN_WAITS[session.tries++]!;
    if (session.tries === SYN_WAITS.length) session.phase = 'over';
    return wait;
  }

  #answer(session: Session, now: number): number {
    if (session.script.answer === 'accept') {
      session.clientSeq = (session.clientSeq + 1) >>> 0;
      this.#send(session, now, false, SYN | ACK, 0, session.remoteSeq, session.clientSeq);
      session.remoteSeq = (session.remoteSeq + 1) >>> 0;
      session.phase = 'ack';
      return LOCAL_DELAY;
    }
    this.#send(session, now, false, RST | ACK, 0, 0, (session.clientSeq + 1) >>> 0);
    session.phase = session.tries++ < REFUSED_REPEATS ? 'syn' : 'over';
    return session.phase === 'syn' ? REFUSED_WAIT : 0;
  }

  #end(session: Session, now: number, rtt: number): number {
    const { end } = session.script;
    if (end === 'never') {
      this.#truth.neverClosed.push(this.#ending(session, now));
      return Number.POSITIVE_INFINITY;
    }
    if (end === 'rst-client' || end === 'rst-remote') {
      if (end === 'rst-client') this.#fromClient(session, now, RST | ACK, 0);
      else this.#fromRemote(session, now, RST | ACK, 0);
      return this.#ended(session, now, 0);
    }
    session.phase = 'first-fin';
    return this.#close(session, now, rtt);
  }

  /** The exchange of FINs, seen from the client's side of the path. */
  #close(session: Session, now: number, rtt: number): number {
    const { end, closeSeconds } = session.script;
    const clientFirst = end === 'client' || end === 'fin-wait';
    const alone = end === 'close-wait' || end === 'fin-wait';
    const toRemote = clientFirst ? rtt : LOCAL_DELAY;
    switch (session.phase) {
      case 'first-fin':
        this.#sendSide(session, now, clientFirst, FIN | ACK);
        session.phase = alone ? 'fin-acknowledged' : closeSeconds > 0 ? 'fin-held' : 'second-fin';
        return toRemote;
      case 'fin-held':
        this.#sendSide(session, now, !clientFirst, ACK);
        session.phase = 'second-fin';
        return closeSeconds;
      case 'fin-acknowledged':
        this.#sendSide(session, now, !clientFirst, ACK);
        this.#truth.halfClosed.push(this.#ending(session, now));
        return Number.POSITIVE_INFINITY;
      case 'second-fin':
        this.#sendSide(session, now, !clientFirst, FIN | ACK);
        session.phase = 'last-ack';
        return clientFirst ? LOCAL_DELAY : rtt;
      default:
        this.#sendSide(session, now, clientFirst, ACK);
        return this.#ended(session, now, clientFirst ? this.plan.timeWaitSeconds : 0);
    }
  }

  #ended(session: Session, now: number, heldSeconds: number): number {
    const traffic = this.plan.traffic[session.traffic]!;
    const loss = traffic.loses?.(this.#random, now) ?? 'nothing';
    if (loss !== 'nothing') {
      this.ports.lose(session.localPort, loss === 'everywhere' ? null : this.#remoteKey(session.traffic));
      const remote = loss === 'everywhere' ? null : this.#remoteText(session.traffic);
      this.#truth.lost.push({ client: this.plan.address, remote, localPort: session.localPort, seconds: now });
    }
    session.phase = 'over';
    return heldSeconds;
  }

  #count(session: Session, now: number): void {
    const traffic: Traffic = this.plan.traffic[session.traffic]!;
    if (traffic.visible !== false && now >= 0)
      this.#truth.addAttempt(this.plan.address, this.#remoteText(session.traffic));
  }

  #ending(session: Session, now: number): Truth['neverClosed'][number] {
    const remote = this.#remoteText(session.traffic);
    return { client: this.plan.address, remote, localPort: session.localPort, seconds: now };
  }

  #remoteText(traffic: number): string {
    const { address, port } = this.plan.traffic[traffic]!.remote;
    return `${address}:${port}`;
  }

  #remoteKey(traffic: number): number {
    return this.#remotes[traffic]! * 65536 + this.plan.traffic[traffic]!.remote.port;
  }

  #sendSide(session: Session, now: number, client: boolean, flags: number): void {
    if (client) this.#fromClient(session, now, flags, 0);
    else this.#fromRemote(session, now, flags, 0);
  }

  #fromClient(session: Session, now: number, flags: number, length: number): void {
    this.#send(session, now, true, flags, length, session.clientSeq, session.remoteSeq);
    session.clientSeq = (session.clientSeq + length + (flags & FIN)) >>> 0;
  }

  #fromRemote(session: Session, now: number, flags: number, length: number): void {
    this.#send(session, now, false, flags, length, session.remoteSeq, session.clientSeq);
    session.remoteSeq = (session.remoteSeq + length + (flags & FIN)) >>> 0;
  }

  #send(session: Session, now: number, client: boolean, flags: number, length: number, seq: number, ack: number): void {
    const traffic = this.plan.traffic[session.traffic]!;
    if (traffic.visible === false) return;
    const remote = this.#remotes[session.traffic]!;
    const ports = session.localPort * 65536 + traffic.remote.port;
    this.#wire.send(now, client, this.#address, remote, ports, flags, length, seq, ack);
  }
}
