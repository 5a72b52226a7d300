import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { portColumns } from '../../../src/analysis/ledger/ports.ts';
import { CLIENT, HOUR, host, plan, remoteText, traffic } from '../../lab/cases.ts';
import { smallPool } from '../../lab/cases-healthy.ts';
import { type Examined, examine } from '../../lab/diagnose.ts';
import { poisson, type Traffic } from '../../lab/traffic.ts';

const FIRST = 50000;
const POOL = 300;
const OPTIONS = { portRange: { first: FIRST, last: FIRST + POOL - 1 } };

/** Two servers on 300 ports, and what is lost at a close: by the first, or for the host. */
function examined(chance: number, lost: 'towards-remote' | 'everywhere'): Examined {
  const loses: Traffic['loses'] = (random) => (random.chance(chance) ? lost : 'nothing');
  const servers = [
    traffic(0, poisson(2), { end: 'remote' }, { loses }),
    traffic(1, poisson(2), { end: 'remote' }, lost === 'everywhere' ? { loses } : {}),
  ];
  return examinedOf(servers, 4);
}

function examinedOf(servers: Traffic[], hours: number): Examined {
  const ports = { ...smallPool('random').ports, first: FIRST, last: FIRST + POOL - 1 };
  return examine(plan(5, hours * HOUR, [host('random', servers, { ports })]), OPTIONS);
}

function entries({ diagnosis }: Examined) {
  return diagnosis.findings.filter(({ code }) => code === 'lost-ports');
}

describe('the finding of lost ports', () => {
  const oneRemote = examined(0.005, 'towards-remote');

  it('names the remote, the ports that are certain, and their last use', () => {
    const [finding, ...others] = entries(oneRemote);
    assert.deepEqual(others, []);
    assert.deepEqual([finding!.verdict, finding!.client, finding!.remote], ['supported', CLIENT, remoteText(0)]);
    assert.equal(finding!.severity, 'critical', 'a third of the pool');
    const really = new Set(oneRemote.run.truth.lost.map(({ localPort }) => localPort));
    const { localPorts, localPortsTotal, numbers, frames } = finding!.evidence;
    assert.ok(localPortsTotal > 20 && localPorts.every((port) => really.has(port)));
    const estimate = numbers.lostPortsEstimate as number;
    assert.ok(Math.abs(estimate / really.size - 0.5) < 0.25, `${estimate} of ${really.size}, half of the time over`);
    assert.ok(frames.length > 0 && finding!.displayFilter!.includes(`${localPorts.length > 1 ? 'in' : '=='} `));
    assert.equal(oneRemote.diagnosis.summary.code, 'lost-ports');
  });

  it('marks the certain ports in the table of ports, for that remote alone', () => {
    const certain = entries(oneRemote)[0]!.evidence.localPorts;
    assert.deepEqual(markedTowards(oneRemote, 0), certain);
    assert.deepEqual(markedTowards(oneRemote, 1), []);
  });

  it('marks them for every remote where the host loses them', () => {
    const lab = examined(0.0025, 'everywhere');
    const [finding] = entries(lab);
    assert.deepEqual([finding!.verdict, finding!.remote], ['supported', null]);
    const certain = finding!.evidence.localPorts;
    assert.ok(certain.length > 0);
    // A port that one server never got has no row there.
    const marked = [0, 1].map((server) => markedTowards(lab, server));
    assert.deepEqual(
      [...new Set(marked.flat())].sort((one, other) => one - other),
      certain,
    );
    for (const ports of marked) assert.ok(ports.length > 0.9 * certain.length);
  });

  it('is left open where more than a fifth of the draws go to remotes too rare to be judged', () => {
    const verdict = (rare: number) => {
      const [first, second] = [0, 1].map((server) => traffic(server, poisson(2), { end: 'remote' }));
      const others = Array.from({ length: rare }, (_, i): Traffic => {
        const one = traffic(0, poisson(0.04), { end: 'remote' });
        return { ...one, remote: { ...one.remote, port: 5000 + i } };
      });
      return entries(examinedOf([first!, second!, ...others], 1)).map((finding) => finding.verdict);
    };
    assert.deepEqual([verdict(20), verdict(35)], [['excluded'], ['inconclusive']]);
  });

  it('is left out of the table, and told once, where nothing is lost', () => {
    const lab = examined(0, 'everywhere');
    assert.deepEqual(
      entries(lab).map(({ verdict, remote }) => [verdict, remote]),
      [['excluded', null]],
    );
    assert.deepEqual(markedTowards(lab, 0), []);
  });
});

function markedTowards({ ledger }: Examined, server: number): number[] {
  const { target, localPort, lost } = portColumns(ledger, 0, ledger.ports.count);
  const wanted = (row: number) => {
    const { targets, addresses } = ledger;
    return (
      `${addresses.text(targets.remote[target[row]!]!)}:${targets.remotePort[target[row]!]}` === remoteText(server)
    );
  };
  return [...localPort].filter((_, row) => lost[row] === 1 && wanted(row)).sort((one, other) => one - other);
}
