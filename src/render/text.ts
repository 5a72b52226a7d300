/** The page for a terminal or a plain-text ticket field. */
import type { Report } from '../contract/report.ts';
import { clean } from './clean.ts';
import type { Bars, Block, Facts, Inline, Link, List, Page, Section, Table, Text, Tone } from './document.ts';
import { reportPage } from './page.ts';

export interface TextOptions {
  /** Columns to wrap at; filters and commands are copied, and keep their lines. */
  readonly width?: number;
  /** Colours by ANSI escape sequences. */
  readonly color?: boolean;
  readonly links?: readonly Link[];
}

const MAX_ROWS = 10;
const LONGEST_BAR = 30;
const SHORTEST_BAR = 10;
const NARROWEST = 40;

export function renderText(report: Report, { width = 100, color = false, links = [] }: TextOptions = {}): string {
  const style: Style = { width: Math.max(NARROWEST, width), paint: color ? painted : (text) => text };
  const lines = pageLines(reportPage(report, links), style);
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

interface Style {
  readonly width: number;
  paint(text: string, look: Look): string;
}

type Look = Tone | 'strong' | 'faint';
const ANSI: Record<Look, string> = {
  strong: '1',
  faint: '2',
  critical: '1;31',
  warning: '1;33',
  info: '36',
  good: '1;32',
  plain: '',
};

function painted(text: string, look: Look): string {
  return ANSI[look] === '' || text === '' ? text : `\u001b[${ANSI[look]}m${text}\u001b[0m`;
}

function pageLines({ verdict, figures, sections, links }: Page, style: Style): string[] {
  const tags = [verdict.code, ...verdict.tags.map(({ text }) => text)].map(clean).join(' · ');
  return [
    ...wrapped(verdict.headline, style).map((line) => style.paint(line, verdict.tone)),
    style.paint(tags, 'faint'),
    ...wrapped(running(figures), style),
    ...sections.flatMap((section) => sectionLines(section, style, 0)),
    '',
    ...links.map(({ label, href }) => `${clean(label)}: ${clean(href)}`),
  ];
}

function sectionLines({ title, tags, blocks }: Section, style: Style, depth: number): string[] {
  const heading = wrapped(depth === 0 ? title.toUpperCase() : title, style).map((line) => style.paint(line, 'strong'));
  const tagged = tags.length === 0 ? [] : [style.paint(tags.map(({ text }) => clean(text)).join(' · '), 'faint')];
  return [
    '',
    ...heading,
    ...tagged,
    ...spaced(
      blocks.map((block) => blockLines(block, style, depth)),
      blocks,
    ),
  ];
}

/** A blank line between blocks, but for a list under its sentence. */
function spaced(lines: readonly string[][], blocks: readonly Block[]): string[] {
  return lines.flatMap((block, at) => (at === 0 || blocks[at]!.kind === 'list' ? block : ['', ...block]));
}

function blockLines(block: Block, style: Style, depth: number): string[] {
  switch (block.kind) {
    case 'paragraph':
      return wrapped(sentenceOf(block.text), style);
    case 'list':
      return listLines(block, style);
    case 'facts':
      if (block.caption === null) return factLines(block, style);
      return wrapped(`${block.caption}: ${running(block.items)}`, style);
    case 'table':
      return tableLines(block, style);
    case 'bars':
      return barLines(block, style);
    case 'code':
      return [`${block.label}:`, `  ${clean(block.text)}`];
    case 'fold':
      return [];
    case 'section':
      return sectionLines(block, style, depth + 1);
  }
}

function listLines({ ordered, items }: List, style: Style): string[] {
  return items.flatMap(([first = [], ...rest], index) => {
    const bullet = ordered ? `${index + 1}. ` : '- ';
    const indent = ' '.repeat(bullet.length);
    return [
      ...wrapped(sentenceOf(first), style, bullet, indent),
      ...rest.flatMap((line) => wrapped(sentenceOf(line), style, indent, indent)),
    ];
  });
}

function factLines({ items }: Facts, style: Style): string[] {
  const widest = Math.max(...items.map(({ label }) => label.length));
  const indent = ' '.repeat(widest + 2);
  return items.flatMap(({ label, text }) => wrapped(plainOf(text), style, `${label.padEnd(widest)}  `, indent));
}

/** Many small figures in running lines. */
function running(items: Facts['items']): string {
  return items.map(({ label, text }) => `${label}: ${plainOf(text)}`).join(' · ');
}

/** A table that is wider than the style gives each row running lines. */
function tableLines({ caption, columns, rows, total }: Table, style: Style): string[] {
  const shown = rows.slice(0, MAX_ROWS).map((row) => row.map((cell) => clean(plainOf(cell))));
  const labels = columns.map(({ label }) => label);
  const widths = labels.map((label, at) => Math.max(label.length, ...shown.map((row) => row[at]!.length)));
  const lineOf = (row: readonly string[]) => {
    const cells = row.map((cell, at) => (columns[at]!.numeric ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)));
    return `  ${cells.join('  ').trimEnd()}`;
  };
  const head = total > shown.length ? `${caption} (${shown.length} of ${total})` : caption;
  const width = widths.reduce((sum, each) => sum + each + 2, 0);
  if (width > style.width) return [...wrapped(head, style), ...shown.flatMap((row) => rowLines(labels, row, style))];
  return [...wrapped(head, style), style.paint(lineOf(labels), 'faint'), ...shown.map(lineOf)];
}

function rowLines(labels: readonly string[], row: readonly string[], style: Style): string[] {
  const cells = row.map((cell, at) => `${labels[at]}: ${cell}`);
  return wrapped(cells.join(' · '), style, '- ', '  ');
}

function barLines({ caption, bars, mark }: Bars, style: Style): string[] {
  const widest = Math.max(...bars.map(({ label }) => label.length));
  const room = style.width - widest - Math.max(...bars.map(({ text }) => text.length)) - '      '.length;
  const full = Math.min(LONGEST_BAR, Math.max(SHORTEST_BAR, room));
  const lines = bars.map(({ label, share, text, tone }) => {
    const length = share > 0 ? Math.max(1, Math.round(share * full)) : 0;
    const bar = style.paint('█'.repeat(length), tone) + '·'.repeat(full - length);
    return `  ${label.padStart(widest)}  ${bar}  ${clean(text)}`;
  });
  return [...wrapped(`${caption}${mark === null ? '' : ` (${mark.label})`}`, style), ...lines];
}

/** Stands for a blank at which no line is broken. */
const GLUE = '\u00a0';
/** Stands where a command ends: at the end of a line a comma behind it would be copied with it. */
const END = '\u202f';

/** Words in lines of the style's width; a word that is longer keeps a line of its own. */
function wrapped(text: string, { width }: Style, first = '', indent = ''): string[] {
  const lines: string[] = [];
  let line = first;
  let words = 0;
  for (const word of clean(text).split(' ')) {
    if (words > 0 && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      words = 0;
    }
    line += words++ === 0 ? word : ` ${word}`;
  }
  return [...lines, line].map((each) =>
    each
      .replace(/\u202f[,;.]?$/, '')
      .replaceAll(END, '')
      .replaceAll(GLUE, ' '),
  );
}

/** A command is one word: of one that was broken only the first line would be copied. */
function sentenceOf(text: Text): string {
  return text.map((inline) => (isCode(inline) ? inline.code.replaceAll(' ', GLUE) + END : inlineText(inline))).join('');
}

function plainOf(text: Text): string {
  return text.map(inlineText).join('');
}

function inlineText(inline: Inline): string {
  if (typeof inline === 'string') return inline;
  return isCode(inline) ? inline.code : inline.strong;
}

function isCode(inline: Inline): inline is { readonly code: string } {
  return typeof inline !== 'string' && 'code' in inline;
}
