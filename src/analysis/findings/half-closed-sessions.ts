/**
 * F3, the second half: one side closed, the other never did. The FIN is there to see, so age and rest do not matter, and
 * sessions that had begun before the capture count too.
 */
import {
  DIRECTION_MISSING,
  ESTABLISHED,
  HALF_CLOSED_BY_CLIENT,
  HALF_CLOSED_BY_REMOTE,
  stateOf,
} from '../session/sessions.ts';
import { growthOf } from './growth.ts';
import { halfClosedText, noHalfClosedText } from './half-closed-text.ts';
import { DECIDES, type Judgement, judgement } from './judgement.ts';
import { isLargeLeak } from './leak-size.ts';
import { mayHaveEndedInHole, rowsOfTarget, type Scene, targetsOf } from './scene.ts';

export const HALF_CLOSED = {
  minSessions: 5,
  /** The other side needs some time to close in its turn. */
  minSecondsSinceFin: 10,
  /** From here on, and where they grow, it is certain. */
  manySessions: 10,
  lossMargin: 10,
} as const;

const SECOND = 1e9;

export interface HalfClosed {
  readonly target: number;
  /** Session rows, by start. CLOSE_WAIT at the client: its application does not close. */
  readonly byRemote: readonly number[];
  /** FIN_WAIT_2 at the client: the server does not close. */
  readonly byClient: readonly number[];
  /** Sessions of the target whose first FIN is old enough to judge, closed ones included. */
  readonly judged: number;
}

export function halfClosedSessions(scene: Scene, client: number): Judgement[] {
  const { from, to } = targetsOf(scene.ledger, client);
  const all: HalfClosed[] = [];
  for (let target = from; target < to; target++) all.push(halfClosedOf(scene, target));
  const found = scene.quality.grade === 'C' ? [] : all.filter((one) => isPattern(scene, one));
  return found.length > 0 ? found.map((one) => supported(scene, client, one)) : [notFound(scene, client, all)];
}

function isPattern({ droppedShare }: Scene, { byRemote, byClient, judged }: HalfClosed): boolean {
  const lostFins = HALF_CLOSED.lossMargin * droppedShare * judged;
  return byRemote.length + byClient.length >= HALF_CLOSED.minSessions + lostFins;
}

function halfClosedOf(scene: Scene, target: number): HalfClosed {
  const { sessions, span } = scene.ledger;
  const byRemote: number[] = [];
  const byClient: number[] = [];
  let judged = 0;
  for (const row of rowsOfTarget(scene.ledger, target)) {
    const facts = sessions.facts[row]!;
    const sinceFin = (span.to - sessions.closed[row]!) / SECOND;
    if ((facts & ESTABLISHED) === 0 || !(sinceFin > HALF_CLOSED.minSecondsSinceFin)) continue;
    judged++;
    if (facts & DIRECTION_MISSING || mayHaveEndedInHole(scene, row)) continue;
    if (stateOf(facts) === HALF_CLOSED_BY_REMOTE) byRemote.push(row);
    else if (stateOf(facts) === HALF_CLOSED_BY_CLIENT) byClient.push(row);
  }
  return { target, byRemote, byClient, judged };
}

function supported(scene: Scene, client: number, found: HalfClosed): Judgement {
  const { ledger } = scene;
  const held = found.byRemote.length + found.byClient.length;
  const growth = growthOf(ledger, rowsOfTarget(ledger, found.target), ledger.pool(client).usable);
  const large = isLargeLeak(scene, client, held, growth);
  const head = {
    code: 'half-closed-sessions',
    verdict: 'supported',
    severity: large ? 'critical' : 'warning',
    client,
    target: found.target,
    size: held,
    decides: large ? DECIDES.largeLeak : DECIDES.smallLeak,
    held,
  } as const;
  return judgement(scene, head, () => halfClosedText(scene, client, found, growth));
}

function notFound(scene: Scene, client: number, all: readonly HalfClosed[]): Judgement {
  const suspects = all.reduce((sum, one) => sum + one.byRemote.length + one.byClient.length, 0);
  const judged = all.reduce((sum, one) => sum + one.judged, 0);
  const excluded = suspects === 0 && judged >= HALF_CLOSED.minSessions && scene.quality.grade !== 'C';
  const head = {
    code: 'half-closed-sessions',
    verdict: excluded ? 'excluded' : 'inconclusive',
    severity: 'info',
    client,
    target: null,
    size: suspects,
    decides: DECIDES.never,
    held: 0,
  } as const;
  return judgement(scene, head, () => noHalfClosedText(scene, client, { suspects, judged, excluded }));
}
