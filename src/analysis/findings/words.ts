/** Figures as people read them. */

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The word that fits so many: `${open} ${fitting(open, 'is', 'are')} open`. */
export function fitting(count: number, one: string, others: string): string {
  return count === 1 ? one : others;
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

/** A duration with the digits that matter at its size. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toPrecision(3))} s`;
  if (seconds < 600) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
  if (seconds < 172_800) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} days`;
}

export function perSecond(rate: number): string {
  return `${Number(rate.toPrecision(3))}/s`;
}

/** Figures of the report keep a precision that survives a reader's comparison and no noise behind it. */
export function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : null;
}

export function list(words: readonly string[], most: number): string {
  const shown = words.slice(0, most).join(', ');
  return words.length > most ? `${shown} and ${words.length - most} more` : shown;
}

/** Sentences as one paragraph; empty ones fall out. */
export function paragraph(sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** A list of counts is read by people: it is cut here. */
const MAX_COUNTS = 20;

/** Counts by a text, the most frequent first, as `text: count`. */
export function countBy<T>(items: Iterable<T>, textOf: (item: T) => string): string[] {
  const counts = new Map<string, number>();
  for (const item of items) {
    const text = textOf(item);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1));
  return sorted.slice(0, MAX_COUNTS).map(([text, count]) => `${text}: ${count}`);
}
