/** The page as one HTML file: no script, no request, styles by a hash in its own content security policy. */
import { createHash } from 'node:crypto';
import type { Report } from '../contract/report.ts';
import { clean } from './clean.ts';
import type { Bars, Block, Code, Facts, Fold, Inline, Link, List, Page, Section, Table, Text } from './document.ts';
import { reportPage } from './page.ts';
import { STYLE } from './style.ts';

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

export function renderHtml(report: Report, { links = [] }: { links?: readonly Link[] } = {}): string {
  const page = reportPage(report, links);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(page.verdict.headline)} · portledger</title>
<style>${STYLE}</style>
</head>
<body>
${headerOf(page)}
${contentsOf(page)}
<main>
${page.sections.map((section) => sectionOf(section, 2)).join('\n')}
</main>
<footer><p>Made by portledger from the packets alone and the evidence named above.</p></footer>
</body>
</html>
`;
}

function headerOf({ verdict, figures, links }: Page): string {
  return `<header class="verdict ${verdict.tone}">
<p class="kicker">${escaped(verdict.code)}</p>
<h1>${escaped(verdict.headline)}</h1>
${tagsOf(verdict.tags)}
<dl class="figures">${figures.map(factOf).join('')}</dl>
${linksOf(links)}</header>`;
}

function contentsOf({ sections }: Page): string {
  const items = sections.map(({ id, title }) => `<li><a href="#${anchor(id)}">${escaped(title)}</a></li>`);
  return `<nav aria-label="Contents"><ul>${items.join('')}</ul></nav>`;
}

function linksOf(links: readonly Link[]): string {
  if (links.length === 0) return '';
  const items = links.map(({ label, href }) => `<li><a href="${escaped(safeHref(href))}">${escaped(label)}</a></li>`);
  return `<ul class="links">${items.join('')}</ul>\n`;
}

/** A link leads to the web or to a place on the same server; any other scheme leads nowhere. */
function safeHref(href: string): string {
  return /^(https?:\/\/|\/(?!\/)|[A-Za-z0-9._-]+(\/|$))/.test(href) ? href : '#';
}

function sectionOf({ id, title, tags, blocks }: Section, level: number): string {
  const [element, kind] = level === 2 ? ['section', 'part'] : ['article', 'card'];
  const name = anchor(id);
  return `<${element} class="${kind} ${tags[0]?.tone ?? 'plain'}" id="${name}" aria-labelledby="${name}-title">
<h${level} id="${name}-title">${escaped(title)}</h${level}>
${tags.length > 0 ? tagsOf(tags) : ''}${blocks.map((block) => blockOf(block, level)).join('\n')}
</${element}>`;
}

function anchor(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9-]/g, '-');
}

function tagsOf(tags: Section['tags']): string {
  return `<ul class="tags">${tags.map(({ text, tone }) => `<li class="${tone}">${escaped(text)}</li>`).join('')}</ul>\n`;
}

function blockOf(block: Block, level: number): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${inlines(block.text)}</p>`;
    case 'list':
      return listOf(block);
    case 'facts':
      return factsOf(block);
    case 'table':
      return tableOf(block);
    case 'bars':
      return barsOf(block);
    case 'code':
      return codeOf(block);
    case 'fold':
      return foldOf(block, level);
    case 'section':
      return sectionOf(block, level + 1);
  }
}

function foldOf({ title, blocks }: Fold, level: number): string {
  return `<details><summary>${escaped(title)}</summary>
${blocks.map((block) => blockOf(block, level)).join('\n')}
</details>`;
}

function listOf({ ordered, items }: List): string {
  const element = ordered ? 'ol' : 'ul';
  const rows = items.map(([first = [], ...rest]) => {
    const more = rest.map((line) => `<p>${inlines(line)}</p>`).join('');
    return `<li>${inlines(first)}${more}</li>`;
  });
  return `<${element}>${rows.join('')}</${element}>`;
}

function factsOf({ caption, items }: Facts): string {
  const rows = items.map(factOf).join('');
  if (caption === null) return `<dl class="facts">${rows}</dl>`;
  return `<div class="measured"><p class="caption">${escaped(caption)}</p><dl>${rows}</dl></div>`;
}

/** In characters of label and value together; a longer fact gets a row of its own. */
const LONG_FACT = 30;

function factOf({ label, text }: Facts['items'][number]): string {
  const length = text.reduce((sum, inline) => sum + (typeof inline === 'string' ? inline.length : 0), label.length);
  const kind = length > LONG_FACT ? ' class="long"' : '';
  return `<div${kind}><dt>${escaped(label)}</dt><dd>${inlines(text)}</dd></div>`;
}

function tableOf({ caption, columns, rows, total }: Table): string {
  const kind = (at: number) => (columns[at]!.numeric ? ' class="number"' : '');
  const head = columns.map(({ label }, at) => `<th scope="col"${kind(at)}>${escaped(label)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell, at) => `<td${kind(at)}>${inlines(cell)}</td>`).join('')}</tr>`);
  const note = total > rows.length ? ` (${rows.length} of ${total})` : '';
  return `<div class="scroll" role="region" aria-label="${escaped(caption)}" tabindex="0"><table>
<caption>${escaped(caption + note)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>`;
}

function barsOf({ caption, bars, mark }: Bars): string {
  const line = mark === null ? '' : `<line x1="${percent(mark.share)}" x2="${percent(mark.share)}" y1="0" y2="100%"/>`;
  const rows = bars.map(
    ({ label, share, text, tone }) => `<tr><th scope="row">${escaped(label)}</th>
<td class="drawn"><svg class="${tone}" aria-hidden="true"><rect class="rail" width="100%" height="100%"/><rect class="bar" width="${percent(share)}" height="100%"/>${line}</svg></td>
<td class="figure">${escaped(text)}</td></tr>`,
  );
  const note = mark === null ? '' : ` <span class="mark">${escaped(mark.label)}</span>`;
  return `<table class="bars"><caption>${escaped(caption)}${note}</caption><tbody>
${rows.join('\n')}
</tbody></table>`;
}

function percent(share: number): string {
  return `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;
}

function codeOf({ label, text }: Code): string {
  return `<figure class="code"><figcaption>${escaped(label)}</figcaption><pre tabindex="0"><code>${escaped(text)}</code></pre></figure>`;
}

/** A number and its unit stay on one line. */
const UNIT = /(\d) (s|min|h|d|%|kB|MB|GB|UTC)(?![A-Za-z0-9])/g;

/** A time of the report, which else would break at its hyphens. */
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

function inlines(text: Text): string {
  return text.map(inlineOf).join('');
}

function inlineOf(inline: Inline): string {
  if (typeof inline === 'string') {
    return escaped(inline.replaceAll(UNIT, '$1\u00a0$2')).replaceAll(TIME, '<time>$&</time>');
  }
  return 'code' in inline ? `<code>${wordsOf(inline.code)}</code>` : `<strong>${escaped(inline.strong)}</strong>`;
}

/** In characters: what is longer may have to break on a telephone. */
const WHOLE_WORD = 30;

/** Words of a command; one with a hyphen would break behind it, and `-Port` read as two. */
function wordsOf(code: string): string {
  const words = code.split(' ').map((word) => {
    const whole = word.includes('-') && word.length <= WHOLE_WORD;
    return whole ? `<span>${escaped(word)}</span>` : escaped(word);
  });
  return words.join(' ');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return clean(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
