/** What the captures are worth, and what is in them. */
import type { CaptureReport, Report } from '../contract/report.ts';
import { type Block, facts, paragraph, type Section, section, type Text, table } from './document.ts';
import { groundBlocks } from './finding.ts';
import { bytes, count, figure, moment, plural, rich } from './words.ts';

/** The finding about the captures is told here, and nowhere else; its time is theirs. */
export function captureSection(report: Report, told: Set<string>): Section {
  const { captures, quality, findings } = report;
  const judged = findings.find(({ code }) => code === 'capture-quality');
  const story = judged === undefined ? `Grade ${quality.grade}.` : `${judged.title}. ${judged.explanation}`;
  const blocks: Block[] = [paragraph(...rich(story))];
  const untold = quality.reasons.filter(({ message }) => !story.includes(message));
  if (untold.length > 0) {
    blocks.push({ kind: 'list', ordered: false, items: untold.map(({ message }) => [rich(message)]) });
  }
  blocks.push(captureBlock(captures));
  if (judged?.verdict === 'supported') {
    const timeless = { ...judged, evidence: { ...judged.evidence, from: null, to: null } };
    blocks.push(...groundBlocks(report, timeless, told));
  }
  return section('captures', captures.length === 1 ? 'The capture' : 'The captures', blocks);
}

const LABELS = ['File', 'Format', '#Size', '#Packets', '#First packet', '#Last packet', 'State'];

/** One alone needs no table, which would be wider than a telephone and most terminals. */
function captureBlock(captures: Report['captures']): Block {
  const rows = captures.map(captureRow);
  if (rows.length !== 1) return table('Captures', LABELS, rows, rows.length);
  const items = LABELS.map((label, at) => ({ label: label.replace('#', ''), text: rows[0]![at]! }));
  return facts(null, items);
}

function captureRow(capture: CaptureReport): Text[] {
  const { name, format, compression, packets, firstTimestamp, lastTimestamp } = capture;
  const links = [...new Set(capture.interfaces.map(({ linkType }) => linkType))].join(', ');
  const packed = compression === 'none' ? '' : `, ${compression}`;
  return [
    [{ code: name }],
    [`${format}${packed}${links === '' ? '' : `, ${links}`}`],
    [bytes(capture.bytes)],
    [count(packets)],
    [moment(firstTimestamp)],
    [moment(lastTimestamp)],
    [stateText(capture)],
  ];
}

function stateText({ complete, error, interfaces }: CaptureReport): string {
  const dropped = interfaces.reduce((sum, one) => sum + (one.dropped ?? 0), 0);
  const loss = dropped > 0 ? `, ${plural(dropped, 'packet')} dropped` : '';
  if (error !== null) return `${error.message}${loss}`;
  return `${complete ? 'complete' : 'cut short'}${loss}`;
}

export function totalsSection({ totals }: Report): Section {
  const items = Object.entries(totals).map(([name, value]) => figure(name, value));
  return section('totals', 'Totals', [facts('All captures together', items)]);
}
