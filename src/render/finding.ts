/** One finding, whole: what was measured and where, how to see it, what it leaves open, what to do. */
import type { Finding, Report } from '../contract/report.ts';
import {
  type Block,
  type Facts,
  facts,
  fold,
  type Inline,
  paragraph,
  type Section,
  section,
  type Table,
  type Text,
  type Tone,
  table,
} from './document.ts';
import { figure, inWords, moment, plural, portRanges, rich, span, stepLines } from './words.ts';

const SEVERITY_TONE: Record<Finding['severity'], Tone> = { critical: 'critical', warning: 'warning', info: 'info' };

/** A finding beside the decisive one. */
export function findingSection(report: Report, finding: Finding, id: string, told: Set<string>): Section {
  const blocks = [paragraph(...rich(finding.explanation)), ...groundBlocks(report, finding, told)];
  return section(id, finding.title, blocks, findingTags(finding));
}

/** What a finding rests on and asks for; of its steps only those that were not told before. */
export function groundBlocks(report: Report, finding: Finding, told: Set<string>): Block[] {
  const { nextSteps, evidence } = finding;
  const blocks = proofBlocks(report, finding);
  const steps = nextSteps.filter((step) => !told.has(step));
  if (steps.length > 0) blocks.push(paragraph({ strong: 'Next steps' }), stepList(steps));
  else if (nextSteps.length > 0) blocks.push(paragraph({ strong: 'Next steps:' }, ' those told above.'));
  for (const step of steps) told.add(step);
  const behind = [...figureBlocks(finding), ...(evidence.frames.length > 0 ? [frameTable(report, finding)] : [])];
  if (behind.length > 0) blocks.push(fold('The figures behind it', behind));
  return blocks;
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

/** Everything that the decisive finding rests on, without its story and its steps. */
export function evidenceBlocks(report: Report, finding: Finding): Block[] {
  const blocks = [...proofBlocks(report, finding), ...figureBlocks(finding)];
  if (finding.evidence.frames.length > 0) blocks.push(fold('When these frames came', [frameTable(report, finding)]));
  return blocks;
}

/** Where to look, and what is not seen there. */
function proofBlocks(report: Report, finding: Finding): Block[] {
  const { displayFilter, cannotConclude, evidence } = finding;
  const places = placeFacts(report, finding);
  const blocks: Block[] = places.length > 0 ? [facts(null, places)] : [];
  if (displayFilter !== null) blocks.push({ kind: 'code', label: 'Wireshark display filter', text: displayFilter });
  if (evidence.lines?.length) blocks.push(lineList(evidence.lines));
  if (cannotConclude.length > 0) {
    blocks.push(paragraph({ strong: 'What this cannot tell' }));
    blocks.push({ kind: 'list', ordered: false, items: cannotConclude.map((limit) => [rich(limit)]) });
  }
  return blocks;
}

function figureBlocks({ evidence: { numbers, thresholds } }: Finding): Block[] {
  const blocks = [facts('Measured', figures(numbers)), facts('Held against', figures(thresholds))];
  return blocks.filter(({ items }) => items.length > 0);
}

function placeFacts(report: Report, { client, remote, evidence }: Finding): Facts['items'] {
  const places: { label: string; text: Text }[] = [];
  if (client !== null) places.push({ label: 'Client', text: [{ code: client }] });
  if (client !== null) places.push({ label: 'Remote', text: [remote === null ? 'any' : { code: remote }] });
  if (evidence.from !== null && evidence.to !== null) {
    places.push({ label: 'Time', text: [span(evidence.from, evidence.to)] });
  }
  if (evidence.localPortsTotal > 0) {
    places.push({ label: 'Local ports', text: [portRanges(evidence.localPorts, evidence.localPortsTotal)] });
  }
  if (evidence.frames.length > 0) places.push({ label: 'Frames', text: frameRun(report, evidence.frames) });
  return places;
}

/** Numbers of frames, those of several captures by capture. */
function frameRun({ captures }: Report, frames: Finding['evidence']['frames']): Text {
  const run = (own: typeof frames) => own.map(({ frame }) => frame).join(', ');
  if (captures.length < 2) return [run(frames)];
  return [...new Set(frames.map(({ capture }) => capture))].flatMap((index, at): Inline[] => {
    const own = frames.filter(({ capture }) => capture === index);
    return [`${at === 0 ? '' : '; '}${run(own)} of `, { code: captureName(captures, index) }];
  });
}

function captureName(captures: Report['captures'], index: number): string {
  return captures[index]?.name ?? `capture ${index}`;
}

function figures(named: Finding['evidence']['numbers']): Facts['items'] {
  return Object.entries(named).map(([name, value]) => figure(name, value));
}

/** Of a single capture the frames need no name. */
function frameTable({ captures }: Report, { evidence: { frames } }: Finding): Table {
  const named = captures.length > 1;
  const rows = frames.map(({ capture, frame, time }): Text[] => [
    [String(frame)],
    ...(named ? [[{ code: captureName(captures, capture) }]] : []),
    [time ?? 'unknown'],
  ]);
  return table('Frames', ['#Frame', ...(named ? ['Capture'] : []), 'Time'], rows, rows.length);
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
    const reasons = [...new Set(all.map(({ explanation }) => explanation))];
    const told = reasons.slice(0, TOLD_OF_ONE_CODE);
    const more = all.filter(({ explanation }) => !told.includes(explanation)).length;
    return [
      [{ strong: inWords(code) }],
      ...told.map((reason) => reasonText(all.filter(({ explanation }) => explanation === reason))),
      ...(more > 0 ? [[`And much the same for ${plural(more, 'other')}.`]] : []),
    ];
  });
  return { kind: 'list', ordered: false, items };
}

/** One reason, told of its first finding; the others only say whom they are about. */
function reasonText([first, ...alike]: readonly Finding[]): Text {
  const places = alike.slice(0, TOLD_OF_ONE_CODE).map(({ client, remote }) => remote ?? client ?? 'the capture');
  if (alike.length > places.length) places.push(plural(alike.length - places.length, 'other'));
  const same = places.length > 0 ? ` The same for ${places.join(', ')}.` : '';
  return rich(`${first!.title}. ${first!.explanation}${same}`);
}

/** Findings by a line each, with the frame to begin at. */
export function findingTable(report: Report, findings: readonly Finding[], total: number): Table {
  const rows = findings.map(({ title, severity, evidence: { from, frames } }): Text[] => [
    [severity],
    [...rich(title)],
    [moment(from)],
    frames[0] === undefined ? ['–'] : frameRun(report, frames.slice(0, 1)),
  ]);
  return table(
    'More of the same kinds, in full in the JSON report',
    ['Severity', 'Finding', '#Since', '#First frame'],
    rows,
    total,
  );
}
