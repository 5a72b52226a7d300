import type { AllocationFigures } from '../../ledger/allocation-order.ts';
import { JudgedStream, type Order } from './judged-stream.ts';
import { explainsHost, othersAvoid } from './others.ts';
import { type Passes, pointerPasses } from './passes.ts';
import { hostStream, targetStream, type Uses, withoutTargets } from './uses.ts';
import { type TargetDraws, UsesByTarget } from './uses-by-target.ts';

export interface Attribution {
  /** Passes of the pointer where the order is sequential, else null. */
  readonly passes: Passes | null;
  readonly host: JudgedStream;
  /** Those of the targets that have draws enough to be judged, the most drawn first. */
  readonly targets: readonly JudgedStream[];
  /** Who loses ports: nobody, the host alone, or targets. */
  readonly lost: readonly JudgedStream[];
}

/** Below this, a target's own stream has no power on any pool. */
const MIN_TARGET_DRAWS = 200;
/** Targets that are judged by themselves: a target with fewer draws than twenty others has no power either. */
const MAX_TARGETS = 20;

/** Fewer draws move nothing, and a client of many remotes visits most of them a few times only. */
const MIN_GONE_DRAWS = 50;
/** Share of the draws behind which a target has to be drawn for again. */
const GONE_SINCE = 2 / 3;

/** Judges the host and its targets, and tells whose the loss is. */
export function attribute(uses: Uses, shared: boolean, order: AllocationFigures['order']): Attribution {
  const all = hostStream(uses, shared);
  const passes = order === 'sequential' ? pointerPasses(all) : null;
  const hostOrder: Order = passes ?? (order === 'random' ? 'random' : 'other');
  const byTarget = new UsesByTarget(uses);
  const { drawn } = byTarget;
  const host = new JudgedStream(withoutTargets(all, goneTargets(drawn)), hostOrder);
  const targets = mostDrawn(drawn).map(({ target }) => {
    const stream = targetStream(uses, byTarget.of(target), target, shared);
    // Where every remote has a pointer of its own, its passes are its own, too.
    return new JudgedStream(stream, order === 'per-remote' ? pointerPasses(stream) : hostOrder);
  });
  const judgeRest = (gone: number[]) => new JudgedStream(withoutTargets(host.stream, new Set(gone)), hostOrder);
  const lost = whoLoses(host, targets, judgeRest);
  return { passes, host, targets, lost };
}

/**
 * A loss towards one remote silences ports in the stream of the whole host, too, and a loss of the host silences them
 * towards every remote. What tells them apart is the others: the host loses ports where they avoid them, too.
 */
function whoLoses(
  host: JudgedStream,
  targets: readonly JudgedStream[],
  judgeRest: (without: number[]) => JudgedStream,
): readonly JudgedStream[] {
  const flagged = targets.filter(({ verdict }) => verdict === 'lost');
  if (host.verdict !== 'lost') return flagged;
  const suspects = flagged.length > 0 ? flagged : targets.slice(0, 1);
  const answers = suspects.map((suspect) => othersAvoid(host.stream, suspect));
  if (answers.includes('no')) return flagged;
  const cleared = suspects.every((suspect, at) => answers[at] === 'yes' || !explainsHost(host, suspect));
  if (cleared || flagged.length > 1) return [host];
  const rest = judgeRest(suspects.map(({ stream }) => stream.target));
  return rest.verdict === 'lost' ? [host] : flagged;
}

/**
 * Targets that are drawn for no more: an application that ended takes its ports with it, where it bound them in a part of
 * the pool that nobody else draws from, as bind(0) of Linux does.
 */
function goneTargets(targets: readonly TargetDraws[]): Set<number> {
  const all = targets.reduce((sum, { draws }) => sum + draws, 0);
  const gone = targets.filter(({ draws, last }) => draws >= MIN_GONE_DRAWS && last < all * GONE_SINCE);
  return new Set(gone.map(({ target }) => target));
}

function mostDrawn(targets: readonly TargetDraws[]): TargetDraws[] {
  return targets
    .filter(({ draws }) => draws >= MIN_TARGET_DRAWS)
    .sort((one, other) => other.draws - one.draws || one.target - other.target)
    .slice(0, MAX_TARGETS);
}
