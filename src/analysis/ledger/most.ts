/**
 * The rows below `count` that are `wanted` and come first by `compare`, `limit` at most, in that order; and how many are
 * wanted in all. Keeps a heap of the best, the worst of them on top: a flood has millions of rows.
 */
export function most(
  count: number,
  limit: number,
  wanted: (row: number) => boolean,
  compare: (one: number, other: number) => number,
): { rows: number[]; total: number } {
  const heap: number[] = [];
  let total = 0;
  for (let row = 0; row < count; row++) {
    if (!wanted(row)) continue;
    total++;
    if (heap.length < limit) {
      heap.push(row);
      siftUp(heap, compare);
    } else if (compare(row, heap[0]!) < 0) {
      heap[0] = row;
      siftDown(heap, compare);
    }
  }
  return { rows: heap.sort(compare), total };
}

function siftUp(heap: number[], compare: (one: number, other: number) => number): void {
  let at = heap.length - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (compare(heap[at]!, heap[above]!) <= 0) return;
    swap(heap, at, above);
    at = above;
  }
}

function siftDown(heap: number[], compare: (one: number, other: number) => number): void {
  let at = 0;
  for (;;) {
    let worst = at;
    for (const below of [2 * at + 1, 2 * at + 2]) {
      if (below < heap.length && compare(heap[below]!, heap[worst]!) > 0) worst = below;
    }
    if (worst === at) return;
    swap(heap, at, worst);
    at = worst;
  }
}

function swap(heap: number[], one: number, other: number): void {
  const row = heap[one]!;
  heap[one] = heap[other]!;
  heap[other] = row;
}
