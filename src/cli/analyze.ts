import { access, constants, mkdir, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { runAnalysis } from '../../workers/run-analysis.ts';
import { jsonOf } from '../analysis/report/write.ts';
import { PortledgerError } from '../errors.ts';
import { ANALYSIS_FLAGS, ANALYSIS_HELP, analysisOptions, parseCommand } from './options.ts';
import { ProgressBar } from './progress-bar.ts';

const HELP = `portledger analyze FILE... [--json] [--out DIR]

Analyses the captures as one timeline and prints the verdict. Files may be pcap, pcapng, Network Monitor
or snoop, plain, gzip or zstd.

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
  const kept = values.out === undefined ? null : await makeOutput(values.out);
  const bar = new ProgressBar(process.stderr);
  const { report } = await runAnalysis(
    {
      captures: positionals.map((path) => ({ path, name: basename(path), sha256: null })),
      evidence: (values.evidence ?? []).map((path) => ({ path, name: basename(path) })),
      options,
      out: values.out ?? null,
    },
    (progress) => bar.show(progress),
  )
    .finally(() => bar.clear())
    .catch(async (error: unknown) => {
      await kept?.undo();
      throw error;
    });
  if (values.json) for (const piece of jsonOf(report)) process.stdout.write(piece);
  else process.stdout.write((await import('../render/text.ts')).renderText(report, textOptions(process.stdout)));
  return 0;
}

/** Before the analysis, which may take hours; an analysis that fails leaves no new folder behind. */
async function makeOutput(folder: string): Promise<{ undo(): Promise<void> }> {
  try {
    const made = await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return { undo: async () => (made === undefined ? undefined : rm(made, { recursive: true, force: true })) };
  } catch (cause) {
    throw new PortledgerError('option-invalid', `--out: ${(cause as Error).message}`, { cause });
  }
}

function textOptions({ isTTY, columns }: NodeJS.WriteStream) {
  return isTTY ? { color: true, width: columns } : {};
}
