import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addClient, ProcessTable } from '../../../src/analysis/processes/process-table.ts';
import { Addresses } from '../../../src/analysis/segment/addresses.ts';

describe('ProcessTable', () => {
  it('keeps hosts apart, and the names of one id', () => {
    const table = new ProcessTable();
    const one = table.process('a', 7, 'x', 'ptcpdump', 'high');
    assert.notEqual(table.process('b', 7, 'x', 'ptcpdump', 'high'), one);
    assert.notEqual(table.process('a', 7, 'y', 'ptcpdump', 'high'), one);
    assert.notEqual(table.process('a', 8, 'x', 'ptcpdump', 'high'), one);
    assert.equal(table.process('a', 7, 'x', 'ptcpdump', 'high'), one);
    assert.equal(table.process('a', 7, null, 'etl2pcapng', 'low'), one, 'who knows no name means the same');
    assert.equal(table.process('a', 7, 'the x', 'netstat', 'high'), one, 'another source may use another name');
  });

  it('tells the surest source, and the first name', () => {
    const table = new ProcessTable();
    table.process('a', 7, null, 'etl2pcapng', 'low');
    table.process('a', 7, 'x.exe', 'netstat', 'medium');
    table.process('a', 7, 'C:\\x.exe', 'netmon', 'high');
    const [told] = table.report(new Addresses());
    assert.deepEqual([told!.source, told!.confidence, told!.name], ['netmon', 'high', 'x.exe']);
  });

  it('takes the thousand names of one id for its first ones', () => {
    const table = new ProcessTable();
    const named = Array.from({ length: 1000 }, (_, name) => table.process('a', 7, `${name}`, 'ptcpdump', 'high'));
    assert.equal(new Set(named).size, 64);
    assert.equal(named[999], named[0]);
    assert.equal(table.process('a', 7, '5', 'ptcpdump', 'high'), named[5]);
  });

  it('tells a hundred clients of a process', () => {
    const table = new ProcessTable();
    const addresses = new Addresses();
    const process = table.process('a', 7, null, 'netstat', 'high');
    for (let client = 0; client < 300; client++) addClient(process, addresses.idOf(4, client >> 1));
    assert.equal(table.report(addresses)[0]!.clients.length, 100);
  });
});
