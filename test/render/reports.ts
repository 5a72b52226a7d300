/** Reports for the renderers: a plain one of every part, and parts to make others of. */
import type { ClientReport, Finding, Report, TargetReport } from '../../src/contract/report.ts';

const TIME = '2026-03-01T10:00:00.123456Z';

export function finding(more: Partial<Finding> = {}): Finding {
  return {
    code: 'port-exhaustion',
    verdict: 'supported',
    severity: 'critical',
    confidence: 'high',
    client: '10.1.1.10',
    remote: '10.2.0.1:3200',
    title: '10.1.1.10 ran out of local ports towards 10.2.0.1:3200: 3950 of 3976 taken',
    explanation: '3950 ports were taken at the peak, 3940 of them in TIME_WAIT.',
    evidence: {
      numbers: { peak: 3950, ratio: 0.99346, longestFullSeconds: 62.5, timeWait: 3940, stopped: true, note: null },
      thresholds: { fullPorts: 3579 },
      localPorts: [1025, 1026, 1027, 1030],
      localPortsTotal: 3950,
      frames: [{ capture: 0, frame: 4711, time: TIME }],
      from: TIME,
      to: '2026-03-01T10:01:02.654321Z',
    },
    displayFilter: 'ip.src == 10.1.1.10 && tcp.flags.syn == 1',
    cannotConclude: ['Ports taken by loopback connections.'],
    nextSteps: [
      'Read the pool. Windows: `netsh int ipv4 show dynamicport tcp`. Linux: `sysctl net.ipv4.ip_local_port_range`.',
    ],
    ...more,
  };
}

export function client(more: Partial<ClientReport> = {}): ClientReport {
  return {
    address: '10.1.1.10',
    pool: { first: 1025, last: 5000, size: 3976, usable: 3976, source: 'given' },
    allocationOrder: { order: 'sequential', samples: 9000 },
    attempts: 9000,
    distinctLocalPorts: 3950,
    remotes: 2,
    occupancy: [30, 60, 120, 240].map((timeWaitSeconds) => ({
      timeWaitSeconds,
      peak: timeWaitSeconds * 16,
      peakAt: TIME,
      ratio: (timeWaitSeconds * 16) / 3976,
    })),
    ...more,
  };
}

export function target(more: Partial<TargetReport> = {}): TargetReport {
  return {
    client: '10.1.1.10',
    remote: { address: '2001:db8::1', port: 3200 },
    synPackets: 9100,
    attempts: 9000,
    synRetransmissions: 100,
    distinctLocalPorts: 3950,
    outcomes: { established: 8000, refused: 500, unanswered: 400, halfOpen: 100 },
    ends: { open: 10, halfClosedByRemote: 1, halfClosedByClient: 2, closed: 7900, reset: 87 },
    reuses: {
      count: 30,
      minGapSeconds: 119.5,
      histogram: [
        { fromSeconds: 0, toSeconds: 60, count: 0 },
        { fromSeconds: 60, toSeconds: 120, count: 10 },
        { fromSeconds: 120, toSeconds: null, count: 20 },
      ],
      answers: { accepted: 25, challenged: 5, refused: 0, silent: 0 },
    },
    firstAttempt: TIME,
    lastAttempt: TIME,
    occupancy: [],
    ...more,
  };
}

export function report(more: Partial<Report> = {}): Report {
  const decisive = finding();
  return {
    schemaVersion: 1,
    summary: { code: decisive.code, headline: decisive.title, text: `${decisive.title}. ${decisive.explanation}` },
    quality: { grade: 'B', reasons: [{ code: 'file-cut', count: 1, message: 'One file is cut in frame 5000.' }] },
    captures: [
      {
        name: 'server.pcapng',
        sha256: 'ab'.repeat(32),
        bytes: 1_234_567,
        format: 'pcapng',
        compression: 'gzip',
        interfaces: [{ linkType: 'ETHERNET', snaplen: 96, dropped: 3 }],
        packets: 123_456,
        firstTimestamp: TIME,
        lastTimestamp: '2026-03-03T12:00:00.000001Z',
        complete: false,
        error: { code: 'record-cut', message: 'The file ends inside record 5000.', offset: 1_234_000 },
      },
    ],
    totals: {
      packets: 123_456,
      tcpSegments: 120_000,
      synPackets: 9100,
      synAckPackets: 8500,
      finPackets: 16_000,
      rstPackets: 87,
      attempts: 9000,
      synRetransmissions: 100,
      sessions: 9010,
      midstreamSessions: 10,
      reuses: 30,
    },
    clients: [client()],
    clientsTotal: 1,
    targets: [target()],
    targetsTotal: 1,
    processes: [
      {
        pid: 4711,
        name: 'java.exe',
        source: 'netstat',
        confidence: 'high',
        attempts: 8000,
        openSessions: 9,
        clients: ['10.1.1.10'],
      },
    ],
    findings: [
      decisive,
      finding({
        code: 'refused-attempts',
        severity: 'warning',
        title: '500 attempts were refused',
        explanation: 'The remote answered with RST.',
        nextSteps: ['Ask the owner of the remote.'],
      }),
      finding({
        code: 'lost-ports',
        verdict: 'inconclusive',
        title: 'Whether ports are lost is open',
        explanation: 'About 700 more draws are needed.',
      }),
      finding({
        code: 'attempts-stalled-host',
        verdict: 'excluded',
        title: 'Attempts did not stop',
        explanation: 'A silence of 20 s would have been named.',
      }),
    ],
    ...more,
  };
}

/** What an attacker would put into a file name, a process name or a text. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><script>alert(1)</script>',
  '](javascript:alert(1)) | `rm -rf /` **bold** | @everyone',
  '```\n# heading\n```',
  "=cmd|' /C calc'!A0",
  '\u001b]0;owned\u0007\u001b[2J',
  'report\u202efdp.exe',
  'line\r\nbreak\u2028here\u0000',
  '&lt;b&gt; &amp; \ud800',
];

/** A report in which every text that can come from outside is hostile. */
export function hostileReport(text: string): Report {
  const base = report();
  const bad = finding({
    title: text,
    explanation: text,
    client: text,
    remote: text,
    displayFilter: text,
    cannotConclude: [text],
    nextSteps: [text],
  });
  bad.evidence.numbers = { [text]: text, list: [text, text] };
  bad.evidence.lines = [{ file: text, line: 3 }];
  return {
    ...base,
    summary: { ...base.summary, headline: text, text },
    quality: { grade: 'C', reasons: [{ code: 'file-cut', count: 1, message: text }] },
    captures: base.captures.map((capture) => ({
      ...capture,
      name: text,
      error: { code: 'x', message: text, offset: null },
    })),
    clients: [client({ address: text })],
    targets: [target({ client: text, remote: { address: text, port: 1 } })],
    processes: base.processes.map((process) => ({ ...process, name: text, clients: [text] })),
    findings: [bad, { ...bad, severity: 'info' }, { ...bad, verdict: 'inconclusive' }, { ...bad, verdict: 'excluded' }],
  };
}

/** As large as a report can be. */
export function hugeReport(): Report {
  const many = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index));
  return report({
    clients: many(1000, (index) => client({ address: `10.3.${index >> 8}.${index & 255}` })),
    clientsTotal: 5000,
    targets: many(10_000, (index) => target({ client: `10.3.0.${index & 255}` })),
    targetsTotal: 12_345,
    findings: many(2400, (index) =>
      finding({
        verdict: index < 1000 ? 'supported' : index < 1700 ? 'excluded' : 'inconclusive',
        title: `Finding ${index} of this report`,
        client: `10.3.0.${index & 255}`,
      }),
    ),
  });
}
