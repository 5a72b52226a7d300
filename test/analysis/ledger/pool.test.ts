import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildLedger } from '../../../src/analysis/ledger/build-ledger.ts';
import type { Pool } from '../../../src/analysis/ledger/ledger.ts';
import { DEFAULT_LEDGER_OPTIONS, type HostPorts, type LedgerOptions } from '../../../src/analysis/ledger/options.ts';
import { buildSessions } from '../session-builder.ts';

function poolOf(ports: readonly number[], options: Partial<LedgerOptions> = {}): Pool {
  const built = buildSessions(ports.map((localPort, start) => ({ localPort, start, closed: start + 1 })));
  return buildLedger({ ...built, options: { ...DEFAULT_LEDGER_OPTIONS, ...options } }).pool(0);
}

function figuresOf({ first, last, size, usable, source, weak }: Pool) {
  return { first, last, size, usable, source, weak };
}

const NOTHING_KNOWN: HostPorts = { addresses: [], range: null, excluded: [], listeners: [] };

describe('the pool', () => {
  it('is the known range that holds all ports', () => {
    const cases: [number[], number, number][] = [
      [[49152, 65535], 49152, 65535],
      [[50000, 51000], 49152, 65535],
      [[1025, 5000], 1025, 5000],
      [[32768, 60999], 32768, 60999],
      [[49151, 60000], 32768, 60999],
    ];
    for (const [ports, first, last] of cases) {
      const size = last - first + 1;
      assert.deepEqual(figuresOf(poolOf(ports)), { first, last, size, usable: size, source: 'inferred', weak: false });
    }
  });

  it('is weak where no known range holds all ports', () => {
    for (const ports of [
      [20000, 20002],
      [1024, 5000],
      [32768, 65535],
      [443, 50000],
    ]) {
      const pool = poolOf(ports);
      assert.deepEqual([pool.first, pool.last, pool.source, pool.weak], [ports[0], ports[1], 'inferred', true]);
    }
  });

  it('is the given one for every client most of whose ports are in it', () => {
    const portRange = { first: 50000, last: 50099 };
    assert.equal(poolOf([50000, 50050, 40000], { portRange }).source, 'given');
    assert.equal(poolOf([50000, 40000], { portRange }).source, 'given');
    const own = poolOf([50000, 40000, 40001], { portRange });
    assert.deepEqual([own.source, own.first, own.last], ['inferred', 32768, 60999]);
  });

  it('counts a port once, however often it is used, when most are looked for', () => {
    const portRange = { first: 50000, last: 50099 };
    assert.equal(poolOf([50000, 40000, 40000, 40000], { portRange }).source, 'given');
  });

  it('is the given one before that of the evidence, and that before an inferred one', () => {
    const range = { first: 50000, last: 50999 };
    const hosts = [{ ...NOTHING_KNOWN, range }];
    assert.equal(poolOf([50000], { hosts, portRange: { first: 50000, last: 50009 } }).source, 'given');
    const pool = poolOf([50000], { hosts });
    assert.deepEqual([pool.source, pool.size], ['evidence', 1000]);
  });

  it('of the evidence is that of the host with this address', () => {
    const range = { first: 50000, last: 50999 };
    const elsewhere = [{ ...NOTHING_KNOWN, range, addresses: ['10.9.9.9'] }];
    assert.equal(poolOf([50000], { hosts: elsewhere }).source, 'inferred');
    const here = [{ ...NOTHING_KNOWN, range, addresses: ['fe80::1', '10.1.1.10'] }];
    assert.equal(poolOf([50000], { hosts: here }).source, 'evidence');
  });

  it('is smaller by excluded ranges and listeners, each port once', () => {
    const host = {
      ...NOTHING_KNOWN,
      excluded: [
        { first: 49000, last: 49161 },
        { first: 49160, last: 49170 },
      ],
      listeners: [80, 49165, 50000],
    };
    const low = poolOf([1025, 5000], { hosts: [host] });
    assert.deepEqual([low.size, low.usable], [3976, 3976], 'none of them lies in this range');
    const pool = poolOf([49200], { hosts: [host] });
    assert.deepEqual([pool.size, pool.usable], [16384, 16384 - 19 - 1]);
    assert.deepEqual(
      [49152, 49170, 49171, 50000, 50001, 65535, 49151].map((port) => pool.has(port)),
      [false, false, true, false, true, true, false],
    );
  });

  it('may have no usable port: then nothing has a ratio', () => {
    const portRange = { first: 50000, last: 50000 };
    const hosts = [{ ...NOTHING_KNOWN, listeners: [50000] }];
    const built = buildSessions([{ localPort: 50000, start: 0 }]);
    const ledger = buildLedger({ ...built, options: { ...DEFAULT_LEDGER_OPTIONS, portRange, hosts } });
    const { judged } = ledger.clientOccupancy(0);
    assert.deepEqual([judged.peak, judged.ratio, judged.fullSeconds], [0, 0, 0]);
  });
});
