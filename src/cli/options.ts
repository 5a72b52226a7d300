/** The options of an analysis as the command line has them: the same as the API's, in words. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { AnalysisOptions } from '../contract/job.ts';
import { checkOptions, parseEvent, parsePortRange } from '../contract/options.ts';
import { PortledgerError } from '../errors.ts';

export const ANALYSIS_FLAGS = {
  'time-wait': { type: 'string' },
  'port-range': { type: 'string' },
  client: { type: 'string', multiple: true },
  event: { type: 'string', multiple: true },
  evidence: { type: 'string', multiple: true },
  'utc-offset': { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

export const ANALYSIS_HELP = `
  --time-wait SECONDS      TIME_WAIT of the clients (default 120)
  --port-range FIRST-LAST  ephemeral ports of every client, as 49152-65535
  --client ADDRESS         a host that is a client where the packets do not tell; only these are reported
  --event 'TIME[ TEXT]'    when an event or an error was logged, and what it said
  --evidence FILE          netstat, Get-NetTCPConnection, netsh or event export from the client
  --utc-offset +HH:MM      zone of times in evidence that state none
`;

interface AnalysisValues {
  'time-wait'?: string | undefined;
  'port-range'?: string | undefined;
  client?: string[] | undefined;
  event?: string[] | undefined;
  'utc-offset'?: string | undefined;
}

/** The options' names in the API, which begin its messages, as they are written here. */
const FLAG_NAMES: Readonly<Record<string, string>> = {
  portRange: '--port-range',
  clients: '--client',
  events: '--event',
  utcOffset: '--utc-offset',
};

/** Throws `option-invalid` for the first that is wrong. */
export function analysisOptions(values: AnalysisValues): AnalysisOptions {
  try {
    return parseOptions(values);
  } catch (error) {
    if (!(error instanceof PortledgerError)) throw error;
    const message = error.message.replace(/^\w+(?=:)/, (name) => FLAG_NAMES[name] ?? name);
    throw new PortledgerError(error.code, message, { cause: error });
  }
}

function parseOptions(values: AnalysisValues): AnalysisOptions {
  const options: AnalysisOptions = {};
  if (values['time-wait'] !== undefined) options.timeWaitSeconds = seconds(values['time-wait']);
  if (values['port-range'] !== undefined) options.portRange = parsePortRange(values['port-range']);
  if (values.client !== undefined) options.clients = values.client;
  if (values.event !== undefined) options.events = values.event.map(parseEvent);
  if (values['utc-offset'] !== undefined) options.utcOffset = values['utc-offset'];
  checkOptions(options);
  return options;
}

function seconds(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (!(value > 0 && value <= 3600)) {
    throw new PortledgerError(
      'option-invalid',
      `--time-wait: "${text}" is not a number of seconds from above 0 to 3600`,
    );
  }
  return value;
}

/** As `parseArgs`, but what is wrong is a PortledgerError of one line, and `--utc-offset -05:30` is understood. */
export function parseCommand<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs<T>({ ...config, args: joinNegative(config.args ?? [], config.options ?? {}) } as T);
  } catch (cause) {
    const unknown = (cause as NodeJS.ErrnoException).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
    const message = (cause as Error).message.replaceAll('\n', ' ');
    throw new PortledgerError(unknown ? 'option-unknown' : 'usage', message, { cause });
  }
}

/** A value that begins with - and a digit is taken for an option, unless it stands in the same word as its own. */
function joinNegative(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>): string[] {
  const joined: string[] = [];
  for (const [index, arg] of args.entries()) {
    const before = args[index - 1] ?? '';
    const ofOption = before.startsWith('--') && options[before.slice(2)]?.type === 'string';
    if (ofOption && /^-\d/.test(arg)) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}
