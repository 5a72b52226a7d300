/** Sessions that are closed, and sessions that are left. */
import type { SessionSpec } from '../session-builder.ts';

/** Healthy sessions of half a second, one every second. */
export function healthy(count: number, parts: Partial<SessionSpec> = {}): SessionSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    localPort: 50_000 + i,
    start: i,
    closed: i + 0.5,
    lastPayload: i + 0.4,
    ...parts,
  }));
}

/** Sessions that send one request and stay open, one every `every` seconds. */
export function leaked(count: number, every = 10, parts: Partial<SessionSpec> = {}): SessionSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    localPort: 60_000 + i,
    start: 5 + i * every,
    end: 5.2 + i * every,
    lastPayload: 5.2 + i * every,
    ...parts,
  }));
}

export function halfClosed(
  count: number,
  state: SessionSpec['state'],
  parts: Partial<SessionSpec> = {},
): SessionSpec[] {
  return leaked(count, 10).map((one) => ({ ...one, state: state!, closed: one.start + 0.3, closedBy: null, ...parts }));
}

/** Sessions that turn up in the midst of the capture, and end. They are few enough to change no percentile. */
export function late(count: number): SessionSpec[] {
  return healthy(count, { midstream: true }).map((one, i) => {
    const start = 100 + 5 * i;
    return { ...one, localPort: 40_000 + i, start, closed: start + 0.5, lastPayload: start + 0.4 };
  });
}
