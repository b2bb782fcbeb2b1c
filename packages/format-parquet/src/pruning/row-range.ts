/** Rows of a row group, from `start` to before `end`. Lists of ranges rise, and no two of them meet. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** How many rows ranges have. */
export function rowsOf(ranges: readonly RowRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Rows that are in both. */
export function intersectRanges(first: readonly RowRange[], second: readonly RowRange[]): RowRange[] {
  const common: RowRange[] = [];
  for (let a = 0, b = 0; ;) {
    const one = first[a];
    const other = second[b];
    if (one === undefined || other === undefined) return common;
    const range = { start: Math.max(one.start, other.start), end: Math.min(one.end, other.end) };
    if (range.start < range.end) common.push(range);
    if (one.end < other.end) a++;
    else b++;
  }
}

/** Rows that are in one of both. */
export function uniteRanges(first: readonly RowRange[], second: readonly RowRange[]): RowRange[] {
  const all = [...first, ...second].toSorted((a, b) => a.start - b.start);
  const united: RowRange[] = [];
  for (const { start, end } of all) {
    const last = united.at(-1);
    if (last !== undefined && start <= last.end) united[united.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    else united.push({ start, end });
  }
  return united;
}

/** Appends a range that lies behind all others, or joins it to the last one. */
export function appendRange(ranges: RowRange[], { start, end }: RowRange): void {
  const last = ranges.at(-1);
  if (last?.end === start) ranges[ranges.length - 1] = { start: last.start, end };
  else if (start < end) ranges.push({ start, end });
}

/** Rows of which `inner` counts those in `outer` alone. */
export function rowsWithin(outer: readonly RowRange[], inner: readonly RowRange[]): RowRange[] {
  const ranges: RowRange[] = [];
  let before = 0;
  let next = 0;
  for (const { start, end } of outer) {
    const length = end - start;
    for (; next < inner.length; next++) {
      const range = inner[next];
      if (range === undefined || range.start >= before + length) break;
      appendRange(ranges, { start: start + Math.max(range.start - before, 0), end: start + Math.min(range.end - before, length) });
      if (range.end > before + length) break;
    }
    before += length;
  }
  return ranges;
}
