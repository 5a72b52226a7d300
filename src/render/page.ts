/** The report as a page: the verdict, why, what to do, then what it rests on. */
import type { Finding, Report } from '../contract/report.ts';
import { captureSection, totalsSection } from './captures.ts';
import {
  type Block,
  type Facts,
  type Link,
  type Page,
  paragraph,
  type Section,
  section,
  type Tone,
} from './document.ts';
import { byCode, evidenceBlocks, findingSection, findingTable, findingTags, stepList, verdictList } from './finding.ts';
import { clientSections, processSections, targetSections } from './hosts.ts';
import { count, inWords, rich, span } from './words.ts';

/** Told in full of a kind: a fault of a hundred targets would bury what else there is. */
const TOLD_OF_ONE_CODE = 3;
/** A reader of more than these wants the JSON. */
const LISTED_FINDINGS = 100;
const GENERAL_STEPS = 5;

export function reportPage(report: Report, links: readonly Link[] = []): Page {
  const decisive = decisiveOf(report);
  const steps = decisive === null ? generalSteps(report) : decisive.nextSteps;
  const told = new Set(steps);
  return {
    verdict: verdictOf(report, decisive),
    figures: figuresOf(report),
    links,
    sections: [
      ...whySections(report, decisive, steps),
      ...otherSections(report, decisive, told),
      ...openSections(report),
      ...excludedSections(report),
      captureSection(report, told),
      ...clientSections(report),
      ...targetSections(report),
      ...processSections(report),
      totalsSection(report),
    ],
  };
}

/** The finding that gave the summary its code: the first of it, by severity and size. */
function decisiveOf({ summary, findings }: Report): Finding | null {
  const named = findings.filter(({ code, verdict }) => code === summary.code && verdict === 'supported');
  return named.find(({ title }) => title === summary.headline) ?? named[0] ?? null;
}

function verdictOf({ summary, quality }: Report, decisive: Finding | null): Page['verdict'] {
  const grade = { text: `capture grade ${quality.grade}`, tone: quality.grade === 'A' ? 'good' : 'warning' } as const;
  const tags = decisive === null ? [] : findingTags(decisive).slice(0, 2);
  return {
    code: inWords(summary.code),
    headline: summary.headline,
    tone: toneOf(summary.code, decisive),
    tags: [...tags, grade],
  };
}

function toneOf(code: string, decisive: Finding | null): Tone {
  if (decisive !== null) return decisive.severity;
  return code === 'no-port-problem' ? 'good' : 'plain';
}

function figuresOf({ totals, clientsTotal, targetsTotal, captures }: Report): Facts['items'] {
  const first = captures.flatMap(({ firstTimestamp }) => firstTimestamp ?? []).sort()[0] ?? null;
  const last =
    captures
      .flatMap(({ lastTimestamp }) => lastTimestamp ?? [])
      .sort()
      .at(-1) ?? null;
  return [
    { label: 'Attempts', text: [count(totals.attempts)] },
    { label: 'Sessions', text: [count(totals.sessions)] },
    { label: 'Reuses', text: [count(totals.reuses)] },
    { label: 'Clients', text: [count(clientsTotal)] },
    { label: 'Targets', text: [count(targetsTotal)] },
    { label: 'Packets', text: [count(totals.packets)] },
    { label: 'Captured', text: [span(first, last)] },
  ];
}

/** The decisive finding in full, its story first; without one, the summary's own words. */
function whySections(report: Report, decisive: Finding | null, steps: readonly string[]): Section[] {
  const why = decisive === null ? report.summary.text : decisive.explanation;
  const sections = [section('why', 'Why', [paragraph(...rich(why))])];
  const what = decisive === null ? 'What would tell more' : 'What to do';
  if (steps.length > 0) sections.push(section('steps', what, [stepList(steps)]));
  if (decisive !== null) sections.push(section('evidence', 'Evidence', evidenceBlocks(report, decisive)));
  return sections;
}

/** What would decide what is open: the steps of the inconclusive findings, each once. */
function generalSteps({ findings }: Report): string[] {
  const open = findings.filter(({ verdict, code }) => verdict === 'inconclusive' || code === 'capture-quality');
  return [...new Set(open.flatMap(({ nextSteps }) => nextSteps))].slice(0, GENERAL_STEPS);
}

function otherSections(report: Report, decisive: Finding | null, told: Set<string>): Section[] {
  const others = report.findings.filter(
    (finding) => finding.verdict === 'supported' && finding !== decisive && finding.code !== 'capture-quality',
  );
  if (others.length === 0) return [];
  const whole = [...byCode(others, 'supported').values()].flatMap((alike) => alike.slice(0, TOLD_OF_ONE_CODE));
  const blocks: Block[] = others
    .filter((finding) => whole.includes(finding))
    .map((finding, index) => findingSection(report, finding, `finding-${index + 1}`, told));
  const rest = others.filter((finding) => !whole.includes(finding));
  if (rest.length > 0) blocks.push(findingTable(report, rest.slice(0, LISTED_FINDINGS), rest.length));
  return [section('also', 'Also found', blocks)];
}

function openSections({ findings }: Report): Section[] {
  if (byCode(findings, 'inconclusive').size === 0) return [];
  const intro = paragraph('Looked for, but this capture cannot decide it either way.');
  return [section('open', 'Left open', [intro, verdictList(findings, 'inconclusive')])];
}

/** A capture without a fault is no fault ruled out: its section tells that. */
function excludedSections(report: Report): Section[] {
  const findings = report.findings.filter(({ code }) => code !== 'capture-quality');
  if (byCode(findings, 'excluded').size === 0) return [];
  const intro = paragraph('Looked for and not there. Each line tells what would have been seen.');
  return [section('excluded', 'Ruled out', [intro, verdictList(findings, 'excluded')])];
}
