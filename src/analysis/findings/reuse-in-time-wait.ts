/**
 * `reuse-in-time-wait`: a local port was used again towards the same remote while a TIME_WAIT stood in the way, on
 * either side. Event 4227 itself leaves no packet: the stack refuses before it sends. What is seen here are the
 * neighbours of the event.
 */
import { countOf, targetReuses } from '../ledger/rows.ts';
import { absence, type Confidence, DECIDES, type Judgement, judgement } from './judgement.ts';
import { noReuseText, unclearReuseText } from './no-reuse-text.ts';
import { reuseText } from './reuse-in-time-wait-text.ts';
import { isDropped, isRefusedOften, type ReuseTally, tallyReuses } from './reuse-tally.ts';
import { type Scene, targetsOf } from './scene.ts';

export type ReuseKind = 'challenged' | 'dropped' | 'refused' | 'bypass' | 'inside-remote';

/** The reuses of one target, told by the worst of them. */
export interface FoundReuses {
  readonly target: number;
  readonly tally: ReuseTally;
  readonly kind: ReuseKind;
  /** Session rows of those of this kind, by start. */
  readonly rows: readonly number[];
  readonly confidence: Confidence;
}

export function reuseInTimeWait(scene: Scene, client: number): Judgement[] {
  const { from, to } = targetsOf(scene.ledger, client);
  const found: Judgement[] = [];
  const innocent: ReuseTally[] = [];
  for (let target = from; target < to; target++) {
    if (countOf(targetReuses(scene.ledger, target)) === 0) continue;
    const tally = tallyReuses(scene.ledger, target);
    const kind = kindOf(scene, tally);
    if (kind !== null) found.push(supported(scene, client, target, tally, kind));
    else innocent.push(tally);
  }
  return found.length > 0 ? found : [notFound(scene, client, innocent)];
}

/** The worst that the reuses of a target met. */
function kindOf({ quality }: Scene, tally: ReuseTally): ReuseKind | null {
  if (tally.challenged.length > 0) return 'challenged';
  if (quality.grade !== 'C' && isDropped(tally)) return 'dropped';
  if (isRefusedOften(tally)) return 'refused';
  if (tally.bypassed.length > 0) return 'bypass';
  return tally.insideRemote.length > 0 ? 'inside-remote' : null;
}

/** As many of them are no accident. */
const MANY = 3;
const PLACES: Record<ReuseKind, number> = {
  challenged: DECIDES.harmfulReuse,
  dropped: DECIDES.harmfulReuse,
  refused: DECIDES.harmfulReuse,
  bypass: DECIDES.smallLeak,
  'inside-remote': DECIDES.never,
};

function supported(scene: Scene, client: number, target: number, tally: ReuseTally, kind: ReuseKind): Judgement {
  const rows = shownRows(tally, kind);
  const head = {
    code: 'reuse-in-time-wait',
    verdict: 'supported',
    severity: severityOf(kind, rows.length),
    client,
    target,
    size: rows.length,
    decides: PLACES[kind],
    held: 0,
  } as const;
  const confidence = rows.length >= MANY ? 'high' : 'medium';
  return judgement(scene, head, () => reuseText(scene, client, { target, tally, kind, rows, confidence }));
}

function severityOf(kind: ReuseKind, count: number): Judgement['severity'] {
  if (kind === 'inside-remote') return 'info';
  return kind !== 'bypass' && count >= MANY ? 'critical' : 'warning';
}

function shownRows(tally: ReuseTally, kind: ReuseKind): number[] {
  switch (kind) {
    case 'challenged':
      return tally.challenged;
    case 'dropped':
      return tally.silent;
    case 'refused':
      return tally.refused;
    case 'bypass':
      return tally.bypassed;
    case 'inside-remote':
      return tally.insideRemote;
  }
}

/** Without a closed session before it, or at grade C, a reuse proves nothing either way. */
function notFound(scene: Scene, client: number, tallies: readonly ReuseTally[]): Judgement {
  const unclear = tallies.some((tally) => tally.overOpen.length > 0) || scene.quality.grade === 'C';
  const head = absence(
    'reuse-in-time-wait',
    unclear ? 'inconclusive' : 'excluded',
    client,
    tallies.reduce((sum, tally) => sum + countOf(tally.all), 0),
  );
  const write = unclear ? unclearReuseText : noReuseText;
  return judgement(scene, head, () => write(scene, client, tallies));
}
