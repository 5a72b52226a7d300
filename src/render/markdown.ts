/** The page as Markdown for a ticket: the first line is the verdict, and the whole is never longer than a ticket takes. */
import type { Report } from '../contract/report.ts';
import { clean } from './clean.ts';
import type { Bars, Block, Inline, Link, List, Page, Section, Table, Text } from './document.ts';
import { reportPage } from './page.ts';

export interface MarkdownOptions {
  readonly links?: readonly Link[];
  readonly maxLength?: number;
}

/** Jira takes 32,767 characters, the least of the common ticket systems. */
const MAX_LENGTH = 30_000;
const MAX_ROWS = 10;
const MAX_HEADLINE = 500;
const CUT = '*Cut here: the rest is in the full report.*\n';

export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const { links = [], maxLength = MAX_LENGTH } = options;
  const page = reportPage(report, links);
  const head = headOf(page);
  const parts = page.sections.flatMap((section) => sectionParts(section, 2));
  return fitted([...head, ...parts], maxLength);
}

/** Whole parts in their order, as many as there is room for; a part that does not fit is where the text ends. */
function fitted(parts: readonly string[], maxLength: number): string {
  let text = '';
  for (const [index, part] of parts.entries()) {
    const reserve = index === parts.length - 1 ? 0 : CUT.length + 1;
    if (text.length + part.length + 2 + reserve > maxLength) return `${text}\n${CUT}`;
    text += `${index === 0 ? '' : '\n'}${part}\n`;
  }
  return text;
}

function headOf({ verdict, figures, links }: Page): string[] {
  const headline = clean(verdict.headline);
  const shown = headline.length > MAX_HEADLINE ? `${headline.slice(0, MAX_HEADLINE)}…` : headline;
  const tags = [verdict.code, ...verdict.tags.map(({ text }) => text)].map(escaped).join(' · ');
  const counted = figures.map(({ label, text }) => `${escaped(label)}: ${inlines(text)}`).join(' · ');
  const parts = [`**${escaped(shown)}**`, `${tags}  \n${counted}`];
  if (links.length > 0)
    parts.push(links.map(({ label, href }) => `[${escaped(label)}](${encodeURI(href)})`).join(' · '));
  return parts;
}

/** A heading never stands alone at the end: it goes with the first block. */
function sectionParts({ title, tags, blocks }: Section, level: number): string[] {
  const heading = `${'#'.repeat(Math.min(level, 4))} ${escaped(title)}`;
  const tagged = tags.length === 0 ? heading : `${heading}\n\n${tags.map(({ text }) => escaped(text)).join(' · ')}`;
  const [first = '', ...rest] = blocks.flatMap((block) => blockParts(block, level));
  return [`${tagged}\n\n${first}`, ...rest];
}

function blockParts(block: Block, level: number): string[] {
  switch (block.kind) {
    case 'paragraph':
      return [inlines(block.text)];
    case 'list':
      return [listText(block)];
    case 'facts': {
      const items = block.items.map(({ label, text }) => `${escaped(label)}: ${inlines(text)}`);
      if (block.caption === null) return [items.map((item) => `- ${item}`).join('\n')];
      return [`**${escaped(block.caption)}**: ${items.join('; ')}`];
    }
    case 'table':
      return [tableText(block)];
    case 'bars':
      return [barsText(block)];
    case 'code':
      return [`${escaped(block.label)}:\n\n${fenced(block.text)}`];
    case 'fold':
      return [];
    case 'section':
      return sectionParts(block, level + 1);
  }
}

function listText({ ordered, items }: List): string {
  return items
    .map(([first = [], ...rest], index) => {
      const bullet = ordered ? `${index + 1}. ` : '- ';
      const indent = ' '.repeat(bullet.length);
      return [`${bullet}${inlines(first)}`, ...rest.map((line) => `${indent}- ${inlines(line)}`)].join('\n');
    })
    .join('\n');
}

function tableText({ caption, columns, rows, total }: Table): string {
  const shown = rows.slice(0, MAX_ROWS);
  const note = total > shown.length ? ` (${shown.length} of ${total})` : '';
  return [
    `${escaped(caption)}${note}:`,
    '',
    `| ${columns.map(({ label }) => escaped(label)).join(' | ')} |`,
    `|${columns.map(({ numeric }) => (numeric ? ' ---: ' : ' --- ')).join('|')}|`,
    ...shown.map((row) => `| ${row.map(cell).join(' | ')} |`),
  ].join('\n');
}

/** Bars cannot be drawn: their figures in running text. */
function barsText({ caption, bars, mark }: Bars): string {
  const figures = bars.map(({ label, text }) => `${escaped(label)}: ${escaped(text)}`);
  const note = mark === null ? '' : ` (${escaped(mark.label)})`;
  return `**${escaped(caption)}**${note}: ${figures.join('; ')}`;
}

function inlines(text: Text): string {
  return text.map(inlineText).join('');
}

/** A bar ends a cell even inside a code span, where a backslash elsewhere would stand for itself. */
function cell(text: Text): string {
  return text
    .map((inline) => (isCode(inline) ? inlineText(inline).replaceAll('|', '\\|') : inlineText(inline)))
    .join('');
}

function isCode(inline: Inline): boolean {
  return typeof inline !== 'string' && 'code' in inline;
}

function inlineText(inline: Inline): string {
  if (typeof inline === 'string') return escaped(inline);
  return 'code' in inline ? codeSpan(inline.code) : `**${escaped(inline.strong)}**`;
}

/** Everything that Markdown, its table cells, HTML in it or the mentions of a ticket system would take for theirs. */
function escaped(text: string): string {
  return clean(text)
    .replaceAll(/[\\`*_{}[\]<>|~#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('@', '&#64;')
    .replace(/^(\s*)([-+=]|\d+[.)])(?=\s|$)/, '$1\\$2')
    .replace(/^(\s*)([-+=])/, '$1\\$2');
}

/** A backtick inside makes the fence longer. */
function codeSpan(text: string): string {
  const inside = clean(text);
  if (!inside.includes('`')) return `\`${inside}\``;
  const longest = Math.max(...[...inside.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${inside} ${fence}`;
}

function fenced(text: string): string {
  const inside = clean(text);
  const fence = '`'.repeat(Math.max(3, ...[...inside.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}\n${inside}\n${fence}`;
}
