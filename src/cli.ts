#!/usr/bin/env node
/** The command line: finds the command, loads only what it needs, and turns what went wrong into an exit status. */
import { PortledgerError } from './errors.ts';
import { load } from './load.ts';

const USAGE = 2;
const FAILED = 1;

interface Command {
  readonly summary: string;
  readonly run: (args: string[]) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  analyze: {
    summary: 'analyze FILE...            analyse captures as one timeline, without a server',
    run: async (args) =>
      (await load<typeof import('./cli/analyze.ts')>(new URL('cli/analyze.js', import.meta.url))).analyze(args),
  },
  submit: {
    summary: 'submit FILE... --url URL   upload to a server, follow the job, print the verdict',
    run: async (args) => (await import('./cli/submit.ts')).submit(args),
  },
  serve: {
    summary: 'serve                      API and workers in one process tree',
    run: async (args) => (await import('./cli/serve.ts')).serve(args, 'serve'),
  },
  api: {
    summary: 'api                        the API alone; needs DATABASE_URL',
    run: async (args) => (await import('./cli/serve.ts')).serve(args, 'api'),
  },
  worker: {
    summary: 'worker                     one worker process alone; needs DATABASE_URL',
    run: async (args) => (await import('./cli/serve.ts')).serve(args, 'worker'),
  },
  key: {
    summary: 'key [NAME]                 print a new API key and its entry for API_KEY_HASHES',
    run: async (args) => (await import('./cli/key.ts')).key(args),
  },
};

function usage(): string {
  const lines = Object.values(COMMANDS).map(({ summary }) => `  portledger ${summary}`);
  return `portledger: what a packet capture says about local TCP ports\n\n${lines.join('\n')}\n\nportledger COMMAND --help tells more.\n`;
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || ['--help', '-h', 'help'].includes(name)) {
    (name === undefined ? process.stderr : process.stdout).write(usage());
    return name === undefined ? USAGE : 0;
  }
  if (name === '--version' || name === 'version') {
    process.stdout.write(`portledger ${(await import('./version.ts')).VERSION}\n`);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`portledger: there is no command "${name}"\n\n${usage()}`);
    return USAGE;
  }
  return command.run(args);
}

const WRONG_USAGE: readonly string[] = [
  'usage',
  'option-invalid',
  'option-unknown',
  'configuration-invalid',
  'data-directory-in-use',
];

/** One line for what the user or the system did; what is a mistake of ours is thrown on, with its place. */
function statusOf(error: unknown): number {
  if (error instanceof PortledgerError) {
    process.stderr.write(`portledger: ${error.message} (${error.code})\n`);
    return WRONG_USAGE.includes(error.code) ? USAGE : FAILED;
  }
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  process.stderr.write(`portledger: ${error.message}\n`);
  return FAILED;
}

// A reader that has enough, as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : statusOf(error));
});

process.exitCode = await main(process.argv.slice(2)).catch(statusOf);
