/** What all three media must tell of a report, made up or real. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Report } from '../../src/contract/report.ts';
import { renderHtml } from '../../src/render/html.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { renderText } from '../../src/render/text.ts';
import { count, figure, inWords, portRanges, stepLines } from '../../src/render/words.ts';
import { runAnalysis } from '../../workers/run-analysis.ts';
import { finding, report } from './reports.ts';

const CAPTURES = join(import.meta.dirname, '..', '..', '..', 'test', 'captures');

/** The words of a rendering, whatever its medium made of them. */
const media: Record<string, (report: Report) => string> = {
  text: (each) => renderText(each),
  markdown: (each) => unescaped(renderMarkdown(each).replaceAll(/\\(.)/g, '$1')),
  html: (each) =>
    unescaped(
      renderHtml(each)
        .replaceAll(/<\/?(?:time|code|strong)>/g, '')
        .replaceAll(/<[^>]*>/g, ' '),
    ),
};

function unescaped(text: string): string {
  const entities: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&#64;': '@',
    '&amp;': '&',
  };
  return text.replaceAll(/&(lt|gt|quot|#39|#64|amp);/g, (entity) => entities[entity]!);
}

const plain = (text: string) =>
  text
    .replaceAll('`', '')
    .replaceAll(/[\s\u00a0]+/g, ' ')
    .trim();

function assertTells(each: Report): void {
  for (const [medium, render] of Object.entries(media)) {
    const words = plain(render(each)).replaceAll(/[*#|] ?/g, '');
    const has = (text: string) =>
      assert.ok(words.includes(plain(text).replaceAll(/[*#|] ?/g, '')), `${medium} lacks: ${text}`);
    has(each.summary.headline);
    for (const { verdict, title, explanation, displayFilter, cannotConclude, evidence } of each.findings) {
      if (title !== each.summary.headline && evidence.numbers !== undefined) has(title.replace(/\.$/, ''));
      has(explanation);
      if (verdict !== 'supported') continue;
      if (displayFilter !== null) has(displayFilter);
      for (const limit of cannotConclude) has(limit);
      for (const { frame } of evidence.frames.slice(0, 10)) has(String(frame));
    }
    for (const { name } of each.captures) has(name);
    for (const { message } of each.quality.reasons) has(message);
  }
}

describe('a report in every medium', () => {
  it('tells the verdict, every finding, its evidence and its limits', () => {
    assertTells(report());
  });

  it('tells a finding of each code and verdict', () => {
    const only = report({ summary: { code: 'no-port-problem', headline: 'No port problem was found', text: 'None.' } });
    for (const verdict of ['supported', 'excluded', 'inconclusive'] as const) {
      assertTells({ ...only, findings: [finding({ verdict, client: null, remote: null })] });
    }
    assertTells({ ...only, findings: [], clients: [], targets: [], processes: [], clientsTotal: 0, targetsTotal: 0 });
  });

  it('tells three of a kind in full, the others by a line, and no step twice', () => {
    const kinds = (['refused-attempts', 'lost-ports'] as const).flatMap((code) =>
      [1, 2, 3, 4, 5].map((at) =>
        finding({ code, title: `${code} number ${at}`, explanation: `Story of ${code} ${at}.` }),
      ),
    );
    const other = finding({ code: 'half-closed-sessions', title: 'The last kind', nextSteps: ['A new step.'] });
    const many = report({ findings: [finding(), ...kinds, other] });
    for (const [medium, render] of Object.entries(media)) {
      const words = plain(render(many));
      for (const { title } of [...kinds, other]) assert.ok(words.includes(title), `${medium} lacks ${title}`);
      const told = kinds.filter(({ explanation }) => words.includes(explanation)).map(({ title }) => title.slice(-1));
      assert.deepEqual(told, ['1', '2', '3', '1', '2', '3'], medium);
      assert.equal(words.split('Read the pool.').length - 1, 1, medium);
      assert.equal(words.split('A new step.').length - 1, 1, medium);
    }
  });

  it('tells a reason that holds for several clients once, and for whom', () => {
    const open = ['10.1.1.10', '10.1.1.11', '10.1.1.12'].map((client) =>
      finding({ verdict: 'inconclusive', client, remote: null, title: `Open for ${client}`, explanation: 'No list.' }),
    );
    const others = ['A', 'B', 'C', 'D'].map((explanation) => ({
      ...open[0]!,
      code: 'lost-ports' as const,
      explanation,
    }));
    for (const [medium, render] of Object.entries(media)) {
      const words = plain(render(report({ findings: [finding(), ...open, ...others] })));
      assert.ok(words.includes('Open for 10.1.1.10. No list. The same for 10.1.1.11, 10.1.1.12.'), medium);
      assert.equal(words.split('No list.').length - 1, 1, medium);
      assert.ok(words.includes('And much the same for 1 other.'), medium);
    }
  });

  it('says once what the capture lacks, and what to do about it', () => {
    const [told, untold, step] = ['It spans 5 s.', 'It is cut.', 'Capture for longer.'];
    const quality = {
      grade: 'B' as const,
      reasons: [told, untold].map((message) => ({ code: 'x', count: 1, message })),
    };
    const judged = finding({
      code: 'capture-quality',
      severity: 'info',
      title: 'The capture limits',
      explanation: `Beware. ${told}`,
      nextSteps: [step],
    });
    const summary = { code: 'no-port-problem' as const, headline: 'None', text: 'None.' };
    for (const [medium, render] of Object.entries(media)) {
      for (const findings of [[finding(), judged], [judged]]) {
        const words = plain(render(report({ ...(findings.length === 1 && { summary }), quality, findings })));
        for (const once of [judged.title, told, untold, step]) {
          assert.equal(words.split(once).length - 1, 1, `${medium}: ${once}`);
        }
      }
    }
  });

  it('names the capture of a frame where there are several', () => {
    const [capture] = report().captures;
    const frames = [3, 4, 9].map((frame) => ({ capture: frame > 8 ? 1 : 0, frame, time: null }));
    const two = report({
      captures: [
        { ...capture!, name: 'a.pcap' },
        { ...capture!, name: 'b.pcap' },
      ],
      findings: [finding({ evidence: { ...finding().evidence, frames } })],
    });
    for (const [medium, render] of Object.entries(media)) {
      assert.ok(plain(render(two)).includes('3, 4 of a.pcap; 9 of b.pcap'), medium);
    }
  });

  for (const name of ['close_wait', 'leak_never_closed', 'healthy_wide']) {
    it(`tells the real report of ${name}`, async () => {
      const capture = { path: join(CAPTURES, `${name}.pcap`), name: `${name}.pcap`, sha256: null };
      const spec = { captures: [capture], evidence: [], options: { timeWaitSeconds: 60 }, out: null };
      const { report: real } = await runAnalysis(spec, () => {});
      assertTells(real);
    });
  }
});

describe('words', () => {
  it('put ports together as ranges', () => {
    assert.equal(portRanges([5, 1, 2, 3, 9], 5), '1-3, 5, 9 (5 ports)');
    assert.equal(portRanges([7], 1), '7 (1 port)');
    assert.equal(portRanges([1, 2], 4000), '1-2, … (4,000 ports)');
  });

  it('set thousands apart', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (whole) => assert.equal(count(whole), whole.toLocaleString('en-US'))));
    assert.deepEqual([999, 1000, -123456, 12.5, 1.23456, 98765.4, 0.001234, 0.0001234].map(count), [
      '999',
      '1,000',
      '-123,456',
      '12.5',
      '1.235',
      '98,770',
      '0.001234',
      '1.2e-4',
    ]);
  });

  it('say names as people do', () => {
    assert.equal(inWords('port-exhaustion'), 'Port exhaustion');
    assert.equal(inWords('reuse-in-time-wait'), 'Reuse in TIME_WAIT');
    assert.equal(inWords('synAckPackets'), 'SYN-ACK packets');
    assert.equal(inWords('idleAbove2Hours'), 'Idle above 2 hours');
    assert.equal(inWords('idle5MinutesTo2Hours'), 'Idle 5 minutes to 2 hours');
    assert.equal(inWords('p99GapSeconds'), 'P99 gap seconds');
    assert.equal(inWords('mcNemar'), 'McNemar');
    assert.deepEqual(figure('processes', []), { label: 'Processes', text: ['none'] });
    assert.deepEqual(figure('timeWait', 3940), { label: 'In TIME_WAIT', text: ['3,940'] });
    assert.deepEqual(figure('timeWaitSeconds', 60), { label: 'TIME_WAIT', text: ['60 s'] });
  });

  it('part a step by system only where a sentence begins with it', () => {
    assert.deepEqual(stepLines('Capture again (Linux: dumpcap -i any).'), [['Capture again (Linux: dumpcap -i any).']]);
    assert.deepEqual(stepLines('Look. Windows (PowerShell): a. Linux: b.'), [
      ['Look.'],
      [{ strong: 'Windows (PowerShell):' }, ' ', 'a.'],
      [{ strong: 'Linux:' }, ' ', 'b.'],
    ]);
  });
});
