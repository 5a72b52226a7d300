/**
 * Writes the example capture, `examples/exhaustion.pcap` unless told otherwise: `node dist/test/lab/make-example.js [FILE]`.
 * The same program always writes the same bytes.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { Timeline } from '../../src/analysis/segment/timeline.ts';
import { PcapWriter } from './pcap-writer.ts';
import { type Plan, simulate } from './simulate.ts';
import { poisson } from './traffic.ts';

const CHURN_PER_SECOND = 110;
const SNAPLEN = 96;

/**
 * A client with the port range of Windows before Vista (1025-5000) opens and closes sessions towards one server faster
 * than TIME_WAIT gives the ports back: 3976 ports last for 36 seconds, then it is silent towards that server until
 * the first ports are free again, while its other remotes go on.
 */
export const EXHAUSTION: Plan = {
  seed: 4227,
  seconds: 123,
  hosts: [
    {
      address: '10.1.1.10',
      ports: { first: 1025, last: 5000, order: 'sequential', shared: true },
      timeWaitSeconds: 120,
      traffic: [
        {
          remote: { address: '10.2.0.1', port: 3200 },
          arrivals: poisson(CHURN_PER_SECOND),
          script: () => ({ requestBytes: 120, responseBytes: 300, serviceSeconds: 0.002, terse: true }),
        },
        ...['10.2.0.7', '10.2.0.8'].map((address) => ({
          remote: { address, port: 443 },
          arrivals: poisson(2),
          script: () => ({ pauseSeconds: 2, terse: true, end: 'remote' as const }),
        })),
      ],
    },
  ],
};

function main(path: string): void {
  const file = openSync(path, 'w');
  const timeline = new Timeline();
  const writer = new PcapWriter((chunk) => writeSync(file, chunk), timeline, SNAPLEN);
  const { packets, truth } = simulate(EXHAUSTION, writer, timeline);
  writer.end();
  closeSync(file);
  process.stdout.write(`${path}: ${packets} packets, ${truth.refusedLocally.length} connects refused by the host\n`);
}

if (process.argv[1] === import.meta.filename) main(process.argv[2] ?? 'examples/exhaustion.pcap');
