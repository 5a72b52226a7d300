import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { renderHtml } from '../../src/render/html.ts';
import { finding, HOSTILE, hostileReport, hugeReport, report } from './reports.ts';

const VOID = new Set(['meta', 'rect', 'line', '!doctype']);

/** Every start tag with its attributes; throws where tags do not nest. */
function tagsOf(html: string): { name: string; attributes: string }[] {
  const open: string[] = [];
  const tags: { name: string; attributes: string }[] = [];
  const style = /<style>[^<]*<\/style>/;
  for (const [, close, name = '', attributes = ''] of html
    .replace(style, '<style></style>')
    .matchAll(/<(\/?)([a-z0-9!]+)((?:\s[^<>]*)?)>/g)) {
    if (close === '/') assert.equal(open.pop(), name, `</${name}> closes another element`);
    else {
      tags.push({ name, attributes });
      if (!VOID.has(name)) open.push(name);
    }
  }
  assert.deepEqual(open, []);
  return tags;
}

/** What is left of the page when tags are gone has no bare markup in it. */
function textOf(html: string): string {
  return html.replace(/<style>[^<]*<\/style>/, '').replaceAll(/<\/?[a-z0-9!]+(?:\s[^<>]*)?>/g, '');
}

/** Code and its words aside: backticks in a text mean it. */
function elementsOf(html: string): string[] {
  return tagsOf(html).flatMap(({ name }) => (name === 'code' || name === 'span' ? [] : [name]));
}

describe('the HTML report', () => {
  const html = renderHtml(report(), {
    links: [
      { label: 'Result', href: 'https://ledger.example/v1/jobs/1/result' },
      { label: 'Bad', href: 'javascript:alert(1)' },
      { label: 'Also bad', href: '//evil.example/x' },
    ],
  });

  it('is well-formed and says what it is', () => {
    tagsOf(html);
    assert.match(html, /^<!doctype html>\n<html lang="en">/);
    assert.match(html, /<title>10\.1\.1\.10 ran out of local ports/);
    assert.equal([...html.matchAll(/<h1>/g)].length, 1);
  });

  it('runs nothing and loads nothing, and its policy says so', () => {
    assert.doesNotMatch(html, /<script|<iframe|<object|<link|@import|url\(|<img/i);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    const style = /<style>([^<]*)<\/style>/.exec(html)![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    assert.equal(policy, `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
    assert.ok(tagsOf(html).every(({ attributes }) => !/\s(style|on[a-z]+)=/.test(attributes)));
  });

  it('links to the web and within, and nowhere else', () => {
    const hrefs = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!);
    assert.ok(hrefs.includes('https://ledger.example/v1/jobs/1/result'));
    const ids = new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
    for (const href of hrefs) assert.ok(/^https:/.test(href) || href === '#' || ids.has(href.slice(1)), href);
    assert.equal(ids.size, [...html.matchAll(/ id="/g)].length, 'an id stands twice');
  });

  it('tells tables and bars to those who cannot see them', () => {
    for (const { name, attributes } of tagsOf(html)) {
      if (name === 'svg') assert.match(attributes, /aria-hidden="true"/);
      if (name === 'th') assert.match(attributes, /scope="(col|row)"/);
    }
    const tables = html.split('<table').slice(1);
    assert.ok(tables.length > 3 && tables.every((table) => /^[^>]*>\s*<caption>/.test(table)));
    assert.match(html, /1,920 of 3,976 \(48\.3 %\)/);
  });

  it('breaks no word of a command behind a hyphen, unless it is wider than a telephone', () => {
    const step = `Ask. Windows: \`Test-NetConnection -Port 1 ${'a-'.repeat(20)}\`.`;
    const page = renderHtml(report({ findings: [finding({ nextSteps: [step] })] }));
    assert.ok(
      page.includes(`<code><span>Test-NetConnection</span> <span>-Port</span> 1 ${'a-'.repeat(20)}</code>`),
      page,
    );
    assert.match(page, /code span \{ white-space: nowrap \}/);
  });

  it('folds the figures of what was found besides, and shows those of the verdict', () => {
    const measured = [...html.matchAll(/Measured/g)].map(({ index }) => html.slice(0, index));
    const depth = (before: string) => before.split('<details>').length - before.split('</details>').length;
    assert.deepEqual(measured.map(depth), [0, 1]);
    assert.match(html, /@media print[\s\S]*details::details-content \{ content-visibility: visible/);
  });

  it('keeps hostile texts texts', () => {
    for (const text of HOSTILE) {
      const page = renderHtml(hostileReport(text));
      assert.deepEqual(elementsOf(page), elementsOf(renderHtml(hostileReport('harmless'))), text);
      assert.doesNotMatch(textOf(page), /[<>]/, text);
      assert.ok(tagsOf(page).every(({ attributes }) => !/\son[a-z]+\s*=/.test(attributes)));
      assert.doesNotMatch(page.replaceAll('\n', ' '), /[\p{Cc}\p{Cf}\p{Cs}]/u);
    }
  });

  it('stays small for the largest report', () => {
    assert.ok(renderHtml(hugeReport()).length < 1_000_000);
  });
});
