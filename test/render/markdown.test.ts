import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { finding, HOSTILE, hostileReport, hugeReport, report } from './reports.ts';

/** The lines of each table, head and rule included. */
function tablesOf(markdown: string): string[][] {
  const tables: string[][] = [];
  let table: string[] = [];
  for (const line of [...markdown.split('\n'), '']) {
    if (line.startsWith('|')) table.push(line);
    else if (table.length > 0) {
      tables.push(table);
      table = [];
    }
  }
  return tables;
}

/** Cells of a table line: bars that are not escaped part them. */
const cellsOf = (line: string) => line.split(/(?<!\\)\|/).length - 2;

describe('the Markdown report', () => {
  it('begins with the verdict', () => {
    const [first] = renderMarkdown(report()).split('\n');
    assert.equal(first, '**10.1.1.10 ran out of local ports towards 10.2.0.1:3200: 3950 of 3976 taken**');
  });

  it('has tables of ten rows at most, each row with all its cells', () => {
    for (const markdown of [report(), hugeReport(), ...HOSTILE.map(hostileReport)].map((each) =>
      renderMarkdown(each),
    )) {
      const tables = tablesOf(markdown);
      assert.ok(tables.length > 0);
      for (const table of tables) {
        assert.ok(table.length <= 12);
        assert.equal(new Set(table.map(cellsOf)).size, 1, table.join('\n'));
      }
    }
  });

  it('leaves commands as they are typed, and escapes bars where they would end a cell', () => {
    const step = 'Count. Windows: `Get-NetTCPConnection | Group-Object State`.';
    const markdown = renderMarkdown(report({ findings: [finding({ nextSteps: [step] })] }));
    assert.match(markdown, /`Get-NetTCPConnection \| Group-Object State`/);
    const twice = [...report().captures, ...report().captures];
    const named = report({ captures: twice.map((capture) => ({ ...capture, name: 'a|b.pcap' })) });
    assert.match(renderMarkdown(named), /^\| `a\\\|b\.pcap` \|/m);
  });

  it('is never longer than a ticket takes, ends with a whole part, and says that it was cut', () => {
    const cutHuge = renderMarkdown(hugeReport(), { maxLength: 8000 });
    assert.ok(cutHuge.length <= 8000 && cutHuge.length > 6000);
    assert.match(cutHuge, /\n\n\*Cut here: the rest is in the full report\.\*\n$/);
    for (const maxLength of [2000, 700, 300]) {
      const cut = renderMarkdown(report(), { maxLength });
      assert.ok(cut.length <= maxLength, `${cut.length}`);
      assert.match(cut, /^\*\*10\.1\.1\.10 ran out/);
      assert.equal((cut.match(/^```/gm) ?? []).length % 2, 0);
    }
    assert.doesNotMatch(renderMarkdown(report()), /Cut here/);
  });

  it('tells the largest report to its end: what is left open, ruled out and what the capture is worth', () => {
    const huge = renderMarkdown(hugeReport());
    assert.ok(huge.length < 20_000, `${huge.length}`);
    for (const part of ['Left open', 'Ruled out', 'The capture', 'Totals']) {
      assert.match(huge, new RegExp(`^## ${part}$`, 'm'));
    }
    assert.doesNotMatch(huge, /Cut here/);
  });

  it('keeps a headline of any length within the limit', () => {
    const base = report();
    const long = { ...base, summary: { ...base.summary, headline: 'x'.repeat(50_000) } };
    assert.ok(renderMarkdown(long).split('\n')[0]!.length < 600);
  });

  it('keeps hostile texts texts', () => {
    for (const text of HOSTILE) {
      const markdown = renderMarkdown(hostileReport(text));
      const prose = withoutCode(markdown);
      assert.doesNotMatch(prose, /(?<!\\)<(?!br)[a-z/]/i, text);
      assert.doesNotMatch(prose, /(?<!\\)\]\(javascript/, text);
      assert.doesNotMatch(prose, /@everyone/);
      assert.doesNotMatch(markdown, /^# heading/m);
      assert.doesNotMatch(markdown.replaceAll('\n', ' '), /[\p{Cc}\p{Cf}\p{Cs}]/u);
      assert.doesNotMatch(prose, /^\s*[-*|: ]*=cmd/m);
    }
  });

  it('links to the full report', () => {
    const markdown = renderMarkdown(report(), { links: [{ label: 'Report', href: 'https://x.example/a b' }] });
    assert.match(markdown, /\[Report\]\(https:\/\/x\.example\/a%20b\)/);
  });
});

/** What is neither in a fenced block nor in a code span. */
function withoutCode(markdown: string): string {
  return markdown
    .replaceAll(/^(`{3,})\n[\s\S]*?\n\1$/gm, '')
    .replaceAll(/(?<![\\`])(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
}
