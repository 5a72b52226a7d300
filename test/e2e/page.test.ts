/** The page of a report, opened by a real browser: as a file, and from the service. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { renderHtml } from '../../src/render/html.ts';
import { runAnalysis } from '../../workers/run-analysis.ts';
import { hostileReport, report } from '../render/reports.ts';
import { EXAMPLE, type RoleProcess, startRole, submit } from './processes.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const browser = BROWSERS.find((path) => existsSync(path));
const HEADLINE = '10.1.1.10 ran out of local ports towards 10.2.0.1:3200: 3976 of 3976 taken';
/** No network but the page's own, a fresh profile, and what the page complains of on standard error. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-logging=stderr',
];

const folder = mkdtempSync(join(tmpdir(), 'portledger-page-'));
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** The document as the browser holds it, and the lines that the page itself logged: refused styles, scripts, loads. */
async function open(url: string, ...flags: string[]): Promise<{ dom: string; complaints: string[] }> {
  const args = [...FLAGS, ...flags, `--user-data-dir=${join(folder, `profile-${Date.now()}`)}`, '--dump-dom', url];
  const { stdout, stderr } = await promisify(execFile)(browser!, args, { maxBuffer: 64 * 2 ** 20, timeout: 60_000 });
  return { dom: stdout, complaints: stderr.split('\n').filter((line) => line.includes('CONSOLE')) };
}

function expectPage({ dom, complaints }: { dom: string; complaints: string[] }): void {
  assert.deepEqual(complaints, []);
  assert.ok(dom.includes(HEADLINE));
  assert.match(dom, /<h1[ >]/);
  assert.ok(dom.includes('tcp.dstport == 3200'), 'the display filter is shown');
}

const WIDTHS = [390, 1280];

/** How much wider than its frame a page is, in pixels, at each of the widths; measured from outside. */
async function overflow(page: string): Promise<number[]> {
  writeFileSync(join(folder, 'page.html'), page);
  const frames = WIDTHS.map((width) => `<iframe src="page.html" style="width:${width}px;border:0"></iframe>`);
  const script = `onload = () => { document.title = 'over ' + [...document.querySelectorAll('iframe')].map(({ contentDocument: { documentElement } }) =>
    documentElement.scrollWidth - documentElement.clientWidth); }`;
  writeFileSync(join(folder, 'outer.html'), `<!doctype html>${frames.join('')}<script>${script}</script>`);
  const { dom } = await open(`file://${join(folder, 'outer.html')}`, '--allow-file-access-from-files');
  return (/<title>over ([^<]*)/.exec(dom)?.[1] ?? 'not measured').split(',').map(Number);
}

describe('the page', { skip: browser === undefined && 'there is no Chromium', timeout: 180_000 }, () => {
  let service: RoleProcess;
  before(async () => {
    service = await startRole('serve', { DATA_DIR: join(folder, 'data') });
  });
  after(async () => {
    await service.end('SIGTERM');
  });

  it('stands alone as a file', async () => {
    const out = join(folder, 'out');
    const captures = [{ path: EXAMPLE, name: 'exhaustion.pcap', sha256: null }];
    await runAnalysis({ captures, evidence: [], options: {}, out }, () => {});
    expectPage(await open(`file://${join(out, 'report.html')}`));
  });

  it('is nowhere wider than a telephone or a window, whatever stands in it', async () => {
    const long = report({ captures: [...report().captures, ...report().captures] });
    for (const each of [report(), long, hostileReport('x'.repeat(300)), hostileReport(`\`${'y-'.repeat(150)}\``)]) {
      assert.deepEqual(await overflow(renderHtml(each)), [0, 0]);
    }
  });

  it('comes from the service as it is', async () => {
    const job = await submit(service.url, readFileSync(EXAMPLE));
    for (let status = 'queued'; status !== 'completed'; ) {
      const answer = await fetch(`${service.url}/v1/jobs/${job.id}`, { headers: { prefer: 'wait=20' } });
      ({ status } = (await answer.json()) as { status: string });
      assert.notEqual(status, 'failed');
    }
    expectPage(await open(`${service.url}/v1/jobs/${job.id}/report?format=html`));
  });

  it('of the API is the documentation', async () => {
    const { dom, complaints } = await open(`${service.url}/docs/`);
    assert.deepEqual(complaints, []);
    assert.ok(dom.includes('swagger-ui'));
  });
});
