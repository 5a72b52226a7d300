/** One decisive code by the order of docs/findings.md, one sentence, and a paragraph that can stand in a ticket. */
import type { Summary } from '../../contract/report.ts';
import { DECIDES, type Judgement } from './judgement.ts';
import { CAPTURE_AGAIN } from './next-steps.ts';
import type { Scene } from './scene.ts';
import { list, paragraph, plural } from './words.ts';

/** Of the peak of `port-exhaustion`: from here on it is open sessions that fill the pool, and TIME_WAIT is innocent. */
const LEAK_SHARE_OF_PEAK = 0.5;
const TITLES_IN_TEXT = 4;

export function summarise(scene: Scene, judgements: readonly Judgement[]): Summary {
  const supported = judgements.filter(
    ({ verdict, severity, code }) => verdict === 'supported' && severity !== 'info' && code !== 'capture-quality',
  );
  const decisive = decisiveOf(supported);
  if (decisive === null) return nothingFound(scene, judgements);
  const finding = decisive.write();
  const others = supported.filter((judgement) => judgement !== decisive);
  const text = [
    `${finding.title}.`,
    finding.explanation,
    alsoText(others),
    excludedText(judgements),
    decisive.decides >= DECIDES.stalledRemote ? eventText(scene) : '',
    doubtText(scene),
    stepText(finding.nextSteps),
  ];
  return { code: decisive.code, headline: finding.title, text: paragraph(text) };
}

/** The first by place; of one place the gravest and largest, as the list is sorted. */
function decisiveOf(supported: readonly Judgement[]): Judgement | null {
  const first = supported.reduce<Judgement | null>(
    (best, one) => (best === null || one.decides < best.decides ? one : best),
    null,
  );
  if (first?.code !== 'port-exhaustion') return first;
  return leakBehind(first, supported) ?? first;
}

/** An exhaustion by sessions that were never closed is their fault: they are what has to be mended. */
function leakBehind(exhaustion: Judgement, supported: readonly Judgement[]): Judgement | null {
  if (exhaustion.held < LEAK_SHARE_OF_PEAK * exhaustion.size) return null;
  const leaks = supported.filter(
    ({ code, client, target }) =>
      (code === 'half-closed-sessions' || code === 'sessions-never-closed') &&
      client === exhaustion.client &&
      (exhaustion.target === null || target === exhaustion.target),
  );
  return leaks.reduce<Judgement | null>((most, leak) => (most === null || leak.held > most.held ? leak : most), null);
}

function nothingFound(scene: Scene, judgements: readonly Judgement[]): Summary {
  if (scene.quality.grade === 'C' || scene.clients.length === 0) return cannotAnswer(scene);
  const headline = `No port problem was found in ${judgedText(scene)}`;
  const text = [`${headline}.`, excludedText(judgements), openText(judgements), eventText(scene), doubtText(scene)];
  return { code: 'no-port-problem', headline, text: paragraph(text) };
}

/** What was looked at: where clients were named, theirs alone. */
function judgedText({ ledger, clients }: Scene): string {
  const attempts = clients.reduce((sum, client) => sum + ledger.clients.attempts[client]!, 0);
  if (attempts > 0) return `${plural(attempts, 'connection attempt')} of ${plural(clients.length, 'client')}`;
  return `the sessions of ${plural(clients.length, 'client')}, all of which had begun before the capture`;
}

function cannotAnswer(scene: Scene): Summary {
  const headline = 'This capture cannot answer the question';
  const { clients, quality } = scene;
  const reasons = clients.length === 0 ? [noClientText(scene)] : quality.reasons.map((reason) => reason.message);
  return {
    code: 'capture-cannot-answer',
    headline,
    text: paragraph([`${headline}.`, ...reasons.slice(0, TITLES_IN_TEXT), CAPTURE_AGAIN]),
  };
}

function noClientText({ ledger }: Scene): string {
  return ledger.clients.count === 0
    ? 'It holds no TCP connection of which the client can be told.'
    : 'None of the clients that were named has a connection in it.';
}

function alsoText(others: readonly Judgement[]): string {
  if (others.length === 0) return '';
  const titles = others.slice(0, TITLES_IN_TEXT).map((other) => other.write().title);
  const more = others.length > titles.length ? `; and ${others.length - titles.length} more` : '';
  return `Also found: ${titles.join('; ')}${more}.`;
}

function excludedText(judgements: readonly Judgement[]): string {
  const codes = codesWith(judgements, 'excluded');
  return codes.length === 0 ? '' : `Ruled out: ${list(codes, codes.length)}.`;
}

function openText(judgements: readonly Judgement[]): string {
  const codes = codesWith(judgements, 'inconclusive');
  return codes.length === 0 ? '' : `Left open: ${list(codes, codes.length)}.`;
}

/** Codes for which every client has this verdict at best: what is supported or open somewhere is not ruled out. */
function codesWith(judgements: readonly Judgement[], verdict: 'excluded' | 'inconclusive'): string[] {
  const codes = new Set(judgements.filter((one) => one.verdict === verdict).map((one) => one.code));
  const stronger = verdict === 'excluded' ? ['supported', 'inconclusive'] : ['supported'];
  for (const one of judgements) if (stronger.includes(one.verdict)) codes.delete(one.code);
  codes.delete('capture-quality');
  return [...codes];
}

function doubtText({ quality }: Scene): string {
  if (quality.grade === 'A') return '';
  return `The capture is of grade ${quality.grade}: ${quality.reasons[0]!.message}`;
}

function stepText(steps: readonly string[]): string {
  return steps.length === 0 ? '' : `Next: ${steps[0]}`;
}

/** Windows bugs that log 4227 or 4231 although ports are free. */
const KNOWN_BUGS =
  'Event 4227 without 4231 means a collision with one remote, not an empty pool; Windows logs it wrongly by known bugs: ' +
  'KB2826167 (7, 2008 R2), KB2901197 (2008), KB2553549 (Vista to 2008 R2, after 497 days of uptime).';

/** Only where nothing that fills or holds ports was found: there the event has a cause. */
function eventText({ events }: Scene): string {
  const numbers = new Set(events.flatMap((event) => event.numbers));
  return numbers.has(4227) && !numbers.has(4231) ? KNOWN_BUGS : '';
}
