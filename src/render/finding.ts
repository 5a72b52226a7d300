/** One finding, whole: what was measured and where, how to see it, what it leaves open, what to do. */
import type { Finding, Report } from '../contract/report.ts';
import {
  type Block,
  type Facts,
  facts,
  paragraph,
  type Section,
  section,
  type Table,
  type Text,
  type Tone,
  table,
} from './document.ts';
import { figure, inWords, plural, portRanges, rich, span, stepLines } from './words.ts';

const SEVERITY_TONE: Record<Finding['severity'], Tone> = { critical: 'critical', warning: 'warning', info: 'info' };

export function findingSection(report: Report, finding: Finding, id: string): Section {
  const { explanation, nextSteps } = finding;
  const blocks: Block[] = [paragraph(...rich(explanation)), ...evidenceBlocks(report, finding)];
  if (nextSteps.length > 0) blocks.push(paragraph({ strong: 'Next steps' }), stepList(nextSteps));
  return section(id, finding.title, blocks, findingTags(finding));
}

export function findingTags({ code, verdict, severity, confidence }: Finding): Section['tags'] {
  const judged = verdict === 'supported' ? severity : verdict;
  const tone = verdict === 'supported' ? SEVERITY_TONE[severity] : 'plain';
  return [
    { text: judged, tone },
    { text: `${confidence} confidence`, tone: 'plain' },
    { text: code, tone: 'plain' },
  ];
}

export function stepList(steps: readonly string[]): Block {
  return { kind: 'list', ordered: steps.length > 1, items: steps.map(stepLines) };
}

/** Everything that a finding rests on, without its story and its steps. */
export function evidenceBlocks(report: Report, finding: Finding): Block[] {
  const { displayFilter, cannotConclude } = finding;
  const { numbers, thresholds } = finding.evidence;
  const blocks: Block[] = [
    facts(null, placeFacts(finding)),
    facts('Measured', figures(numbers)),
    facts('Held against', figures(thresholds)),
  ].filter(({ items }) => items.length > 0);
  if (displayFilter !== null) blocks.push({ kind: 'code', label: 'Wireshark display filter', text: displayFilter });
  if (finding.evidence.frames.length > 0) blocks.push(frameTable(report, finding));
  if (finding.evidence.lines?.length) blocks.push(lineList(finding.evidence.lines));
  if (cannotConclude.length > 0) {
    blocks.push(paragraph({ strong: 'What this cannot tell' }));
    blocks.push({ kind: 'list', ordered: false, items: cannotConclude.map((limit) => [rich(limit)]) });
  }
  return blocks;
}

function placeFacts({ client, remote, evidence }: Finding) {
  const places: { label: string; text: Text }[] = [];
  if (client !== null) places.push({ label: 'Client', text: [{ code: client }] });
  if (client !== null) places.push({ label: 'Remote', text: [remote === null ? 'any' : { code: remote }] });
  if (evidence.from !== null && evidence.to !== null) {
    places.push({ label: 'Time', text: [span(evidence.from, evidence.to)] });
  }
  if (evidence.localPortsTotal > 0) {
    places.push({ label: 'Local ports', text: [portRanges(evidence.localPorts, evidence.localPortsTotal)] });
  }
  return places;
}

function figures(named: Finding['evidence']['numbers']): Facts['items'] {
  return Object.entries(named).map(([name, value]) => figure(name, value));
}

/** Of a single capture the frames need no name. */
function frameTable({ captures }: Report, { evidence: { frames } }: Finding): Table {
  const named = captures.length > 1;
  const rows = frames.map(({ capture, frame, time }): Text[] => [
    [String(frame)],
    ...(named ? [[{ code: captures[capture]?.name ?? `capture ${capture}` }]] : []),
    [time ?? 'unknown'],
  ]);
  return table('Frames to look at', ['#Frame', ...(named ? ['Capture'] : []), 'Time'], rows, rows.length);
}

function lineList(lines: NonNullable<Finding['evidence']['lines']>): Block {
  const items = lines.map(({ file, line }): Text[] => [['line ', String(line), ' of ', { code: file }]]);
  return { kind: 'list', ordered: false, items };
}

/** Findings of one verdict by their code: a rule that was applied to a hundred clients is told once. */
export function byCode(findings: readonly Finding[], verdict: Finding['verdict']): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.verdict === verdict) groups.set(finding.code, [...(groups.get(finding.code) ?? []), finding]);
  }
  return groups;
}

const TOLD_OF_ONE_CODE = 3;

/** What was looked for and not found: each with the reason, which names the smallest effect that would have shown. */
export function verdictList(findings: readonly Finding[], verdict: Finding['verdict']): Block {
  const items = [...byCode(findings, verdict)].map(([code, all]): Text[] => {
    const told = all.slice(0, TOLD_OF_ONE_CODE).map((finding) => rich(`${finding.title}. ${finding.explanation}`));
    const more = all.length - TOLD_OF_ONE_CODE;
    return [
      [{ strong: inWords(code) }],
      ...told,
      ...(more > 0 ? [[`And the same for ${plural(more, 'other')}.`]] : []),
    ];
  });
  return { kind: 'list', ordered: false, items };
}
