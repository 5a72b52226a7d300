import { basename } from 'node:path';
import { runAnalysis } from '../../workers/run-analysis.ts';
import { jsonOf } from '../analysis/report/write.ts';
import { PortledgerError } from '../errors.ts';
import { expandPatterns } from './file-patterns.ts';
import { ANALYSIS_FLAGS, ANALYSIS_HELP, analysisOptions, parseCommand } from './options.ts';
import { OutputFolder } from './output-folder.ts';
import { ProgressBar } from './progress-bar.ts';

const HELP = `portledger analyze FILE... [--json] [--out DIR]

Analyses the captures as one timeline and prints the verdict. Files may be pcap, pcapng, Network Monitor
or snoop, plain, gzip, zstd or in a zip archive.

  --json                   print the report as JSON, and nothing else, on standard output
  --out DIR                also write report.json, report.html and the tables as Parquet to DIR
${ANALYSIS_HELP}`;

const FLAGS = {
  ...ANALYSIS_FLAGS,
  json: { type: 'boolean' },
  out: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Exit status 0: analysed, whatever was found. What cannot be analysed is thrown. */
export async function analyze(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand({ args, options: FLAGS, allowPositionals: true });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (positionals.length === 0) throw new PortledgerError('usage', 'analyze needs at least one capture file');
  const options = analysisOptions(values);
  const output = values.out === undefined ? null : new OutputFolder(values.out);
  const bar = new ProgressBar(process.stderr);
  const { report } = await runAnalysis(
    {
      captures: expandPatterns(positionals).map((path) => ({ path, name: basename(path), sha256: null })),
      evidence: expandPatterns(values.evidence ?? []).map((path) => ({ path, name: basename(path) })),
      options,
      out: output?.draft ?? null,
    },
    (progress) => bar.show(progress),
  )
    .finally(() => bar.clear())
    .catch((error: unknown) => {
      output?.undo();
      throw error;
    });
  output?.publish();
  if (values.json) for (const piece of jsonOf(report)) process.stdout.write(piece);
  else process.stdout.write((await import('../render/text.ts')).renderText(report, textOptions(process.stdout)));
  await compilersDone();
  return 0;
}

/** V8 takes 26 at most for a function of ours (--trace-opt, a million sessions). */
const COMPILE_MILLISECONDS = 30;

/**
 * At its end Node waits for V8's compiler threads, and for ever for one that waits for a collection by this thread
 * (nodejs/node#54918). While a timer runs, this thread does collect, and the last compilers come to their end.
 */
function compilersDone(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, COMPILE_MILLISECONDS));
}

/** Colours where the terminal has them and neither NO_COLOR nor TERM=dumb speaks against it. */
function textOptions(stream: NodeJS.WriteStream) {
  if (!stream.isTTY) return {};
  return { color: stream.hasColors(), ...(stream.columns > 0 && { width: stream.columns }) };
}
