/** `serve`, `api` and `worker`: start the role, say where it is, stop on a signal. */
import { describeConfig, loadConfig } from '../config.ts';
import { PortledgerError } from '../errors.ts';
import { type Running, startApi, startService, startWorker } from '../serve.ts';

export type Role = 'serve' | 'api' | 'worker';

const START = { serve: startService, api: startApi, worker: startWorker };

const SUMMARY: Readonly<Record<Role, string>> = {
  serve: 'API and workers in one process tree, with an embedded database and queue unless others are configured',
  api: 'the API alone; needs DATABASE_URL, and workers on the same DATA_DIR',
  worker: 'one worker process alone; needs DATABASE_URL, and the DATA_DIR of the API',
};

/** Resolves with the exit status when the role has stopped. Throws what starting it throws. */
export async function serve(args: readonly string[], role: Role): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`portledger ${role}: ${SUMMARY[role]}\n\nEnvironment:\n${describeConfig()}\n`);
    return 0;
  }
  if (args[0] !== undefined) throw new PortledgerError('usage', `${role} takes no argument "${args[0]}"`);
  const stopped = signalled();
  const config = loadConfig();
  const starting = START[role](config);
  // A role waits for its database: whoever stops it then waits for nothing that would be lost.
  const running = await Promise.race([starting, stopped]);
  if (running === undefined) process.exit(0);
  process.stdout.write(`${readyLine(role, running)}\n`);
  if (running.url !== null) process.stdout.write(`${tryLine(running.url, config.apiKeyHashes !== '')}\n`);
  await stopped;
  await running.stop();
  process.exit(0); // what did not close in time would keep the process
}

const readyLine = (role: Role, { url }: Running) =>
  url === null ? `portledger ${role} is ready` : `portledger ${role} is listening on ${url}`;

/** A command that works as it stands in a clone. */
function tryLine(url: string, withKey: boolean): string {
  const key = withKey ? '-H "Authorization: Bearer $PORTLEDGER_KEY" ' : '';
  return `  curl -sS -X POST -T examples/exhaustion.pcap -H 'Content-Type: application/vnd.tcpdump.pcap' ${key}'${url}/v1/jobs?filename=exhaustion.pcap'`;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The first signal is a request; whoever sends a second one does not want to wait. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}
