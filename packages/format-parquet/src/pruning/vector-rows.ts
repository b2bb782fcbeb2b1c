import { type ColumnVector, type SQLValue, type VectorMemory, vectorReader } from "@vonk/columnar/internal";
import { appendRange, type RowRange } from "./row-range.ts";
import type { ColumnPredicate, ParquetPredicate } from "./parquet-predicate.ts";

/** Rows apart by no more than that are one range: leaving them out would save no page. */
const gapMax = 1024;

/**
 * The rows of decoded columns that may meet all predicates, with what lies closely between them. Undefined when nothing can be said: predicates on other
 * columns, on floats, and on texts without a dictionary.
 */
export function vectorRows(
  columns: ReadonlyMap<string, ColumnVector>,
  length: number,
  predicates: readonly ParquetPredicate[],
  memory: VectorMemory,
): RowRange[] | undefined {
  const mask = maskOfAll({ columns, length, memory }, predicates);
  if (mask === undefined) return undefined;
  const ranges: RowRange[] = [];
  for (let row = mask.indexOf(1); row >= 0; row = mask.indexOf(1, row)) {
    const last = ranges.at(-1);
    const start = last !== undefined && row - last.end <= gapMax ? last.end : row;
    while (mask[row] === 1) row++;
    appendRange(ranges, { start, end: row });
  }
  return ranges;
}

interface Decoded {
  readonly columns: ReadonlyMap<string, ColumnVector>;
  readonly length: number;
  readonly memory: VectorMemory;
}

/** A byte a row: 1 when all predicates that can be judged hold. */
function maskOfAll(decoded: Decoded, predicates: readonly ParquetPredicate[]): Uint8Array | undefined {
  let all: Uint8Array | undefined;
  for (const predicate of predicates) {
    const mask = predicate.kind === "any" ? maskOfAny(decoded, predicate.alternatives) : maskOf(decoded, predicate);
    if (mask === undefined) continue;
    if (all === undefined) all = mask;
    else for (let row = 0; row < all.length; row++) all[row] = (all[row] ?? 0) & (mask[row] ?? 0);
  }
  return all;
}

function maskOfAny(decoded: Decoded, alternatives: readonly (readonly ParquetPredicate[])[]): Uint8Array | undefined {
  const any = new Uint8Array(decoded.length);
  for (const alternative of alternatives) {
    const mask = maskOfAll(decoded, alternative);
    if (mask === undefined) return undefined;
    for (let row = 0; row < any.length; row++) any[row] = (any[row] ?? 0) | (mask[row] ?? 0);
  }
  return any;
}

function maskOf({ columns, length, memory }: Decoded, predicate: ColumnPredicate): Uint8Array | undefined {
  const vector = columns.get(predicate.column);
  if (vector === undefined) return undefined;
  const present = presence(vector, length, memory);
  if (!isAboutValues(predicate)) return predicate.kind === "is-null" ? present.map((bit) => 1 - bit) : present;
  const judged = vector.dictionary === undefined ? judgeIntegers(vector, predicate, memory) : judgeCodes(vector, predicate, memory);
  if (judged === undefined) return undefined;
  for (let row = 0; row < length; row++) judged[row] = (judged[row] ?? 0) & (present[row] ?? 0);
  return judged;
}

/** A byte a row: 1 when it has a value. */
function presence({ validity }: ColumnVector, length: number, { bytes }: VectorMemory): Uint8Array {
  const mask = new Uint8Array(length).fill(1);
  if (validity !== 0) for (let row = 0; row < length; row++) mask[row] = ((bytes[validity + (row >> 3)] ?? 0) >> (row & 7)) & 1;
  return mask;
}

type Judged = Extract<ColumnPredicate, { readonly kind: "compare" } | { readonly kind: "in" } | { readonly kind: "starts-with" }>;

function isAboutValues(predicate: ColumnPredicate): predicate is Judged {
  return predicate.kind !== "is-null" && predicate.kind !== "is-not-null";
}

/** Each value of a dictionary is judged once. */
function judgeCodes(vector: ColumnVector, predicate: Judged, memory: VectorMemory): Uint8Array | undefined {
  const { dictionary, length, data } = vector;
  if (dictionary === undefined || !isJudged(vector)) return undefined;
  const read = vectorReader(dictionary.values, memory);
  const table = Uint8Array.from({ length: dictionary.values.length }, (_, code) => Number(holds(read(code), predicate)));
  const { buffer } = memory.bytes;
  const codes =
    dictionary.width === 1
      ? new Uint8Array(buffer, data, length)
      : dictionary.width === 2
        ? new Uint16Array(buffer, data, length)
        : new Uint32Array(buffer, data, length);
  const mask = new Uint8Array(length);
  for (let row = 0; row < length; row++) mask[row] = table[codes[row] ?? 0] ?? 0;
  return mask;
}

const exactKinds = new Set(["byte", "short", "integer", "long", "date", "decimal"]);

/** NaN and collations have an order of their own. */
function isJudged({ dataType }: ColumnVector): boolean {
  return exactKinds.has(dataType.kind) || dataType.kind === "string";
}

function judgeIntegers(vector: ColumnVector, predicate: Judged, { bytes: { buffer } }: VectorMemory): Uint8Array | undefined {
  const { dataType, physical, length, data } = vector;
  if (!exactKinds.has(dataType.kind) || predicate.kind === "starts-with") return undefined;
  switch (physical) {
    case "int8":
      return judgeNumbers(new Int8Array(buffer, data, length), predicate);
    case "int16":
      return judgeNumbers(new Int16Array(buffer, data, length), predicate);
    case "int32":
      return judgeNumbers(new Int32Array(buffer, data, length), predicate);
    case "int64":
      return judgeNumbers(new BigInt64Array(buffer, data, length), predicate);
    default:
      return undefined;
  }
}

function judgeNumbers(
  values: Int8Array | Int16Array | Int32Array | BigInt64Array,
  predicate: Exclude<Judged, { readonly kind: "starts-with" }>,
): Uint8Array {
  const mask = new Uint8Array(values.length);
  // A constant that the column's width cannot hold is farther than all of its values as a double, too.
  const like = (value: SQLValue): number | bigint => (values instanceof BigInt64Array ? BigInt(value as bigint) : Number(value));
  if (predicate.kind === "in") {
    const wanted = new Set(predicate.values.flatMap((value) => (value === null ? [] : like(value))));
    for (let row = 0; row < values.length; row++) mask[row] = Number(wanted.has(values[row] ?? 0));
    return mask;
  }
  if (predicate.value === null) return mask;
  const constant = like(predicate.value);
  const test = comparisons[predicate.operator];
  for (let row = 0; row < values.length; row++) mask[row] = Number(test(values[row] ?? 0, constant));
  return mask;
}

type Comparable = number | bigint;

const comparisons: Readonly<Record<Extract<ColumnPredicate, { kind: "compare" }>["operator"], (a: Comparable, b: Comparable) => boolean>> =
  {
    "=": (a, b) => a === b,
    "!=": (a, b) => a !== b,
    "<": (a, b) => a < b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    ">=": (a, b) => a >= b,
  };

/** Whether a value meets a predicate. */
function holds(value: SQLValue, predicate: Judged): boolean {
  switch (predicate.kind) {
    case "in":
      return predicate.values.some((wanted) => wanted !== null && order(value, wanted) === 0);
    case "starts-with":
      return typeof value !== "string" || Buffer.from(value).subarray(0, predicate.prefix.byteLength).equals(predicate.prefix);
    case "compare":
      return predicate.value !== null && comparisons[predicate.operator](order(value, predicate.value), 0);
  }
}

/** Text by its bytes, numbers by what they are. */
function order(a: SQLValue, b: SQLValue): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a === b ? 0 : (a as Comparable) < (b as Comparable) ? -1 : 1;
}
