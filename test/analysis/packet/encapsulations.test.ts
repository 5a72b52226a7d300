/** TCP under every link and in every tunnel, here and by tshark. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { describe, it } from 'node:test';
import {
  DESTINATION,
  DESTINATION_PORT,
  DESTINATION_V6,
  ENCAPSULATIONS,
  type Encapsulation,
  SOURCE,
  SOURCE_PORT,
  SOURCE_V6,
} from '../../builders/encapsulations.ts';
import { join } from '../../builders/octets.ts';
import { pcap } from '../../builders/pcap-file.ts';
import { enhancedPacket, interfaceDescription, sectionHeader } from '../../builders/pcapng-file.ts';
import { read } from '../capture/read.ts';

function expected({ family }: Encapsulation): string {
  const [source, destination] = family === 4 ? [SOURCE, DESTINATION] : [SOURCE_V6, DESTINATION_V6];
  return `${source} ${SOURCE_PORT} ${destination} ${DESTINATION_PORT}`;
}

describe('encapsulations', () => {
  for (const sample of ENCAPSULATIONS) {
    it(`${sample.name}: the innermost TCP counts`, () => {
      const { segments, summary } = read(pcap({ linkType: sample.linkType }, [{ frame: sample.frame }]));
      assert.equal(segments.length, 1, JSON.stringify(summary));
      const { source, sourcePort, destination, destinationPort, flags, length, seq } = segments[0]!;
      assert.equal(`${source} ${sourcePort} ${destination} ${destinationPort}`, expected(sample));
      assert.deepEqual([flags, length, seq], [2, 0, 77]);
    });

    it(`${sample.name}: cut anywhere it counts or says why not`, () => {
      let silent = 0;
      for (let captured = 0; captured < sample.frame.length; captured++) {
        const record = { frame: sample.frame.subarray(0, captured), wireLength: sample.frame.length };
        const { segments, summary } = read(pcap({ linkType: sample.linkType }, [record]));
        const { snapped, ...reasons } = summary.oddities;
        assert.equal(snapped, 1);
        assert.ok(segments.every((segment) => segment.destinationPort === DESTINATION_PORT));
        if (segments.length === 0 && Object.keys(reasons).length === 0) silent++;
      }
      // A UDP header that is cut does not tell that a tunnel would follow.
      assert.ok(silent <= 8, `${silent} lengths say nothing`);
    });
  }
});

function tsharkVersion(): string | null {
  try {
    return execFileSync('tshark', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
}

const FIELDS = ['ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'tcp.srcport', 'tcp.dstport', 'frame.protocols'];

/** What tshark finds in each frame, from a file with an interface for each link type. */
function byTshark(samples: readonly Encapsulation[]): string[] {
  const folder = mkdtempSync(joinPath(tmpdir(), 'encapsulations-'));
  try {
    const interfaces = samples.map(({ linkType }) => interfaceDescription(linkType));
    const packets = samples.map(({ frame }, number) => enhancedPacket({ frame, number }));
    const file = joinPath(folder, 'all.pcapng');
    writeFileSync(file, join(sectionHeader(), ...interfaces, ...packets));
    const wanted = FIELDS.flatMap((field) => ['-e', field]);
    const output = execFileSync('tshark', ['-n', '-r', file, '-T', 'fields', '-E', 'occurrence=l', ...wanted], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('encapsulations, by tshark', { skip: tsharkVersion() === null ? 'tshark is not installed' : false }, () => {
  it('are what it takes them for', () => {
    const samples = ENCAPSULATIONS.filter(({ notByTshark }) => notByTshark === undefined);
    const lines = byTshark(samples);
    assert.equal(lines.length, samples.length);
    const differing = samples.flatMap((sample, index) => {
      const [source4, destination4, source6, destination6, sourcePort, destinationPort, protocols] =
        lines[index]!.split('\t');
      const [source, destination] = sample.family === 4 ? [source4, destination4] : [source6, destination6];
      const found = `${source} ${sourcePort} ${destination} ${destinationPort}`;
      return found === expected(sample) ? [] : [`${sample.name}: ${found} in ${protocols}`];
    });
    assert.deepEqual(differing, []);
  });
});
