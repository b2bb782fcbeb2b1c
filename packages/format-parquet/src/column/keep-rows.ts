import type { RowRange } from "../pruning/row-range.ts";
import type { LeafNode } from "../schema/parquet-node.ts";
import type { Decoding } from "./decoding.ts";

/** Moves the wanted rows of values of one width, and of the bitmap if it is not 0, to the front of where they lie. */
export function keepRows(decoding: Decoding, data: number, width: number, validity: number, keep: readonly RowRange[]): void {
  const { bytes } = decoding;
  let row = 0;
  for (const { start, end } of keep) {
    if (row !== start) {
      bytes.copyWithin(data + row * width, data + start * width, data + end * width);
      if (validity !== 0) moveBits(bytes, validity, start, end, row);
    }
    row += end - start;
  }
}

/** Moves bits towards the begin. */
function moveBits(bytes: Uint8Array, bitmap: number, start: number, end: number, to: number): void {
  for (let from = start, target = to; from < end; from++, target++) {
    const at = bitmap + (target >> 3);
    const bit = ((bytes[bitmap + (from >> 3)] ?? 0) >> (from & 7)) & 1;
    bytes[at] = ((bytes[at] ?? 0) & ~(1 << (target & 7))) | (bit << (target & 7));
  }
}

/** Levels of a chunk, a byte each, and its values that are not null, by their addresses. */
export interface LevelsAndValues {
  readonly definitions: number;
  readonly repetitions: number;
  readonly count: number;
  readonly values: number;
  readonly width: number;
}

/** As {@link keepRows} for a column with levels: gives how many levels and values are left. */
export function keepLevels(
  decoding: Decoding,
  leaf: LeafNode,
  { definitions, repetitions, count, values, width }: LevelsAndValues,
  keep: readonly RowRange[],
): { readonly count: number; readonly nonNull: number } {
  const { bytes } = decoding;
  let row = -1;
  let next = 0;
  let value = 0;
  let kept = 0;
  let keptValues = 0;
  for (let index = 0; index < count; index++) {
    if (bytes[repetitions + index] === 0) row++;
    while ((keep[next]?.end ?? Infinity) <= row) next++;
    const isValue = bytes[definitions + index] === leaf.definition;
    if (row >= (keep[next]?.start ?? Infinity)) {
      bytes[repetitions + kept] = bytes[repetitions + index] ?? 0;
      bytes[definitions + kept] = bytes[definitions + index] ?? 0;
      kept++;
      if (isValue) bytes.copyWithin(values + keptValues++ * width, values + value * width, values + (value + 1) * width);
    }
    if (isValue) value++;
  }
  return { count: kept, nonNull: keptValues };
}
