/** Clients, targets and processes of a report as tables and bars. */
import type { ClientReport, Endpoint, Report, TargetReport } from '../contract/report.ts';
import {
  type Bars,
  type Block,
  facts,
  type Section,
  section,
  type Table,
  type Text,
  type Tone,
  table,
} from './document.ts';
import { count, moment, percent, plural, seconds } from './words.ts';

/** Of the pool: `port-exhaustion` counts it as full from here on. */
const FULL = 0.9;
const SUSPECT = 0.5;
const SHOWN_CLIENTS = 5;
const SHOWN_TARGETS = 100;
const SHOWN_HISTOGRAMS = 3;

function endpointText({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function clientSections({ clients, clientsTotal }: Report): Section[] {
  if (clients.length === 0) return [];
  const blocks: Block[] = [];
  if (clientsTotal > 1) blocks.push(clientTable(clients, clientsTotal));
  blocks.push(...clients.slice(0, SHOWN_CLIENTS).map((client) => clientSection(client)));
  return [section('clients', clientsTotal === 1 ? 'The client' : 'Clients', blocks)];
}

function clientTable(clients: readonly ClientReport[], total: number): Table {
  return table(
    'Clients by attempts',
    ['Client', '#Attempts', '#Local ports', '#Remotes', 'Pool', '#Most in use'],
    clients.map((client) => [
      [{ code: client.address }],
      [count(client.attempts)],
      [count(client.distinctLocalPorts)],
      [count(client.remotes)],
      [poolText(client)],
      [percent(Math.max(0, ...client.occupancy.map(({ ratio }) => ratio)))],
    ]),
    total,
  );
}

function clientSection(client: ClientReport): Section {
  const { order, samples } = client.allocationOrder;
  const about = facts(null, [
    { label: 'Pool', text: [poolText(client)] },
    {
      label: 'Order of its ports',
      text: [order === 'unknown' ? 'cannot be told' : `${order}, by ${plural(samples, 'draw')}`],
    },
    { label: 'Attempts', text: [`${count(client.attempts)} on ${plural(client.distinctLocalPorts, 'local port')}`] },
    { label: 'Remotes', text: [count(client.remotes)] },
  ]);
  return section(`client-${client.address}`, client.address, [about, occupancyBars(client)]);
}

function poolText({ pool }: ClientReport): string {
  const usable = pool.usable === pool.size ? '' : `, ${count(pool.usable)} of them usable`;
  return `${pool.first}-${pool.last}, ${plural(pool.size, 'port')}${usable} (${pool.source})`;
}

function occupancyBars({ occupancy, pool }: ClientReport): Bars {
  return {
    kind: 'bars',
    caption: 'Most ports of the pool in use at a time, by the TIME_WAIT assumed',
    bars: occupancy.map(({ timeWaitSeconds, peak, ratio, peakAt }) => ({
      label: `${timeWaitSeconds} s`,
      share: Math.min(1, ratio),
      text: `${count(peak)} of ${count(pool.usable)} (${percent(ratio)})${peakAt === null ? '' : `, ${moment(peakAt)}`}`,
      tone: toneOf(ratio),
    })),
    mark: { share: FULL, label: `${percent(FULL)} counts as full` },
  };
}

function toneOf(ratio: number): Tone {
  if (ratio >= FULL) return 'critical';
  return ratio >= SUSPECT ? 'warning' : 'info';
}

export function targetSections({ targets, targetsTotal, clientsTotal }: Report): Section[] {
  if (targets.length === 0) return [];
  const reused = targets.filter(({ reuses }) => reuses.histogram.some((bin) => bin.count > 0));
  const most = reused.toSorted((a, b) => b.reuses.count - a.reuses.count).slice(0, SHOWN_HISTOGRAMS);
  return [section('targets', 'Targets', [targetTable(targets, targetsTotal, clientsTotal > 1), ...most.map(gapBars)])];
}

/** Of a single client the targets need no name. */
function targetTable(targets: readonly TargetReport[], total: number, named: boolean): Table {
  return table(
    'Targets by attempts: one client towards one remote',
    [
      ...(named ? ['Client'] : []),
      'Remote',
      '#Attempts',
      '#Ports',
      '#Established',
      '#Failed',
      '#Open',
      '#Half-closed',
      '#Closed',
      '#Reset',
      '#Reuses',
      '#Least gap',
    ],
    targets
      .slice(0, SHOWN_TARGETS)
      .map(({ client, remote, attempts, distinctLocalPorts, outcomes, ends, reuses }) => [
        ...(named ? [[{ code: client }]] : []),
        [{ code: endpointText(remote) }],
        [count(attempts)],
        [count(distinctLocalPorts)],
        [count(outcomes.established)],
        [count(outcomes.refused + outcomes.unanswered + outcomes.halfOpen)],
        [count(ends.open)],
        [count(ends.halfClosedByRemote + ends.halfClosedByClient)],
        [count(ends.closed)],
        [count(ends.reset)],
        [count(reuses.count)],
        [seconds(reuses.minGapSeconds)],
      ]),
    total,
  );
}

function gapBars({ client, remote, reuses }: TargetReport): Bars {
  const largest = Math.max(...reuses.histogram.map((bin) => bin.count));
  const answers = Object.entries(reuses.answers).filter(([, answered]) => answered > 0);
  const told = answers.map(([answer, answered]) => `${count(answered)} ${answer}`).join(', ');
  return {
    kind: 'bars',
    caption: `Seconds from close to reuse, ${client} towards ${endpointText(remote)}: ${told}`,
    bars: reuses.histogram.map((bin) => ({
      label: bin.toSeconds === null ? `${bin.fromSeconds} and more` : `${bin.fromSeconds} to ${bin.toSeconds}`,
      share: bin.count / largest,
      text: count(bin.count),
      tone: 'info',
    })),
    mark: null,
  };
}

export function processSections({ processes }: Report): Section[] {
  if (processes.length === 0) return [];
  const rows = processes.map(({ pid, name, source, confidence, attempts, openSessions, clients }): Text[] => [
    [String(pid)],
    [name === null ? 'unknown' : { code: name }],
    [count(attempts)],
    [count(openSessions)],
    [clients.join(', ')],
    [`${source}, ${confidence}`],
  ]);
  const columns = ['#PID', 'Name', '#Attempts', '#Open sessions', 'Clients', 'Told by, confidence'];
  return [section('processes', 'Processes', [table('Processes', columns, rows, rows.length)])];
}
