/**
 * `lost-ports`: ports that were closed properly are no longer drawn, though the client goes on drawing. Host-wide, and
 * towards one remote.
 *
 * The statistics are in `lost-ports/`: the draws of the host, and those towards each target, are streams of the uses of
 * the pool (`uses.ts`); a stream is judged by the ports that fell silent in it and stay away (`judged-stream.ts`); whose
 * the loss is, the streams tell together (`attribute.ts`).
 */
import { markLost } from '../ledger/ports.ts';
import { sharesPorts } from './exhaustion-scope.ts';
import { absence, DECIDES, type Entry, type Judgement, judgement } from './judgement.ts';
import { type Attribution, attribute } from './lost-ports/attribute.ts';
import { CERTAIN_CHANCE, type SilentPort, silentPortsByChance } from './lost-ports/certain.ts';
import { usesOfClient } from './lost-ports/client-uses.ts';
import type { JudgedStream } from './lost-ports/judged-stream.ts';
import { lostText, noneLostText, type Obstacle, type Search } from './lost-ports-text.ts';
import { type Scene, targetsOf } from './scene.ts';

/** A loss of this share of the pool will stop the host soon. */
const CRITICAL_SHARE = 0.2;
/** Draws that do not belong to a target that was judged by itself, as a share of all, when nothing is ruled out. */
const MAX_UNJUDGED = 0.2;

export function lostPorts(scene: Scene, client: number): Judgement[] {
  const uses = usesOfClient(scene.ledger, client);
  const allocation = scene.ledger.allocation(client);
  const search: Search = { client, uses, allocation, attribution: null };
  const obstacle = obstacleOf(scene, search);
  if (obstacle !== null) return [notFound(scene, search, 'inconclusive', obstacle)];
  const shared = sharesPorts(scene.ledger.clientOccupancy(client));
  const attribution = attribute(uses, shared, allocation.order);
  const judged = { ...search, attribution };
  if (attribution.lost.length > 0) return attribution.lost.map((lost) => supported(scene, judged, attribution, lost));
  const open = openBy(attribution, scene.quality.grade);
  return [notFound(scene, judged, open === null ? 'excluded' : 'inconclusive', open)];
}

/** What keeps the draws from being judged at all. */
function obstacleOf(scene: Scene, { client, allocation }: Search): Obstacle | null {
  if (scene.quality.grade === 'C') return 'grade';
  if (scene.ledger.pool(client).weak) return 'pool';
  if (allocation.order === 'unknown') return 'few-draws';
  return allocation.order === 'fixed' ? 'fixed' : null;
}

/** Why a loss is not ruled out where none was found; null where it is. */
function openBy({ host, targets }: Attribution, grade: Scene['quality']['grade']): Obstacle | null {
  const verdicts = [host, ...targets].map(({ verdict }) => verdict);
  if (verdicts.includes('lost')) return 'whose';
  if (verdicts.includes('comes-back')) return 'comes-back';
  if (verdicts.includes('unclear')) return 'unclear';
  const judged = targets.reduce((sum, { stream }) => sum + stream.draws.length, 0);
  const unjudged = host.stream.draws.length - judged > MAX_UNJUDGED * host.stream.draws.length;
  if (verdicts.includes('powerless') || unjudged) return 'few-draws';
  return grade === 'A' ? null : 'grade';
}

function supported(scene: Scene, search: Search, attribution: Attribution, lost: JudgedStream): Judgement {
  const { silence } = lost;
  const estimate = Math.round(silence!.silent - silence!.expected);
  const silent = silentPortsByChance(lost.stream, silence!.silentPorts);
  const certain = silent.filter((port) => port.chance < CERTAIN_CHANCE);
  mark(scene, search, lost, certain);
  const head = {
    code: 'lost-ports',
    verdict: 'supported',
    severity: estimate >= CRITICAL_SHARE * scene.ledger.pool(search.client).usable ? 'critical' : 'warning',
    client: search.client,
    target: lost.stream.target < 0 ? null : lost.stream.target,
    size: estimate,
    decides: DECIDES.lostPorts,
    held: 0,
  } as const;
  return written(scene, head, lostText(scene, search, attribution, lost, silent));
}

/** The table of ports names those that are certain by themselves: towards the remote that lost them, or all. */
function mark(scene: Scene, { client }: Search, { stream }: JudgedStream, certain: readonly SilentPort[]): void {
  const { first } = scene.ledger.pool(client);
  const localPorts = new Set(certain.map(({ port }) => first + port));
  const { from, to } =
    stream.target < 0 ? targetsOf(scene.ledger, client) : { from: stream.target, to: stream.target + 1 };
  for (let target = from; target < to; target++) markLost(scene.ledger, target, localPorts);
}

function notFound(
  scene: Scene,
  search: Search,
  verdict: 'excluded' | 'inconclusive',
  obstacle: Obstacle | null,
): Judgement {
  const head = absence('lost-ports', verdict, search.client, 0);
  return written(scene, head, noneLostText(scene, search, obstacle));
}

/** Its entry is made at once: what it is made of, every draw of the client, is too much to keep until the list is cut. */
function written(scene: Scene, head: Omit<Judgement, 'write'>, entry: Entry): Judgement {
  return judgement(scene, head, () => entry);
}
