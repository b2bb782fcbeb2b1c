import { doubleType, integerType, voidType, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { widestType } from "../../coercion/wider-type.ts";
import type { Argument, Resolution, ResolutionSite, WindowFunction, WindowPartition } from "../../function/function-entry.ts";

function ranking(
  name: string,
  doc: string,
  dataType: DataType,
  needsOrder: boolean,
  value: (partition: WindowPartition) => (row: number) => SQLValue,
): WindowFunction {
  return {
    kind: "window",
    name,
    doc,
    group: "window",
    arity: [0, 0],
    needsOrder,
    ...(name.endsWith("rank") ? { sql: () => `${name.toUpperCase()}()` } : {}),
    resolve: () => ({ args: [], dataType, nullable: false }),
    evaluate: (partition) => {
      const at = value(partition);
      return Array.from({ length: partition.size }, (_, row) => at(row));
    },
  };
}

function peer(partition: WindowPartition, row: number): number {
  return partition.peers[row] ?? 0;
}

/** How many different places of the order there are up to each row. */
function denseRanks(partition: WindowPartition): number[] {
  let rank = 0;
  return Array.from({ length: partition.size }, (_, row) => (peer(partition, row) === row ? ++rank : rank));
}

/** How many rows are up to the last one equal to each row. */
function rowsThrough(partition: WindowPartition): number[] {
  const ends = Array.from({ length: partition.size }, () => partition.size);
  for (let row = partition.size - 2; row >= 0; row--) {
    ends[row] = peer(partition, row + 1) === row + 1 ? row + 1 : (ends[row + 1] ?? 0);
  }
  return ends;
}

/** The value of a row so many places before or behind, or the default beyond the ends. With IGNORE NULLS only values count. */
function shifted(name: string, doc: string, direction: 1 | -1): WindowFunction {
  return {
    kind: "window",
    name,
    doc,
    group: "window",
    arity: [1, 3],
    needsOrder: true,
    parameterNames: ["input", "offset", "default"],
    resolve: resolveShift,
    evaluate: (partition) =>
      Array.from({ length: partition.size }, (_, row) => {
        const offset = Number(partition.argument(1, row) ?? 1) * direction;
        const found = partition.ignoreNulls ? valueAway(partition, row, offset) : row + offset;
        if (found === undefined || found < 0 || found >= partition.size) return partition.argument(2, row);
        return partition.argument(0, found);
      }),
  };
}

/** The row of the so-manieth value that is not null, counted from a row. */
function valueAway(partition: WindowPartition, row: number, offset: number): number | undefined {
  const stride = Math.sign(offset);
  let left = Math.abs(offset);
  if (left === 0) return row;
  for (let at = row + stride; at >= 0 && at < partition.size; at += stride) {
    if (partition.argument(0, at) !== null && --left === 0) return at;
  }
  return undefined;
}

function resolveShift(args: readonly Argument[], site: ResolutionSite): Resolution {
  const [value = voidType, offset, fallback] = args.map((argument) => argument.dataType);
  const dataType = fallback === undefined ? value : (widestType([value, fallback], site) ?? value);
  return {
    args: [value, ...(offset === undefined ? [] : [integerType]), ...(fallback === undefined ? [] : [dataType])],
    dataType,
    nullable: true,
  };
}

/** Rows of a partition in so many parts, the first ones a row larger. */
const ntile: WindowFunction = {
  kind: "window",
  name: "ntile",
  doc: "The number of a row's part when the partition is cut into so many.",
  group: "window",
  arity: [0, 1],
  needsOrder: true,
  parameterNames: ["n"],
  resolve: (args) => ({ args: args.map(() => integerType), dataType: integerType, nullable: false }),
  evaluate: (partition, site) => {
    const given = site.args[0]?.constant?.value ?? (partition.size > 0 && site.args.length > 0 ? partition.argument(0, 0) : null);
    const parts = Number(given ?? 1);
    const small = Math.floor(partition.size / parts);
    const larger = partition.size % parts;
    const through = larger * (small + 1);
    return Array.from({ length: partition.size }, (_, row) =>
      row < through ? Math.floor(row / (small + 1)) + 1 : larger + Math.floor((row - through) / small) + 1,
    );
  },
};

/** Functions that only windows have. */
export const rankingFunctions: readonly WindowFunction[] = [
  ranking("row_number", "The place of a row in its partition, from 1.", integerType, true, () => (row) => row + 1),
  ranking(
    "rank",
    "One more than the rows before the first equal one.",
    integerType,
    true,
    (partition) => (row) => peer(partition, row) + 1,
  ),
  ranking("dense_rank", "The place of a row's value among the different ones.", integerType, true, (partition) => {
    const ranks = denseRanks(partition);
    return (row) => ranks[row] ?? 0;
  }),
  ranking(
    "percent_rank",
    "(rank - 1) / (rows - 1), 0 for a row alone.",
    doubleType,
    true,
    (partition) => (row) => (partition.size <= 1 ? 0 : peer(partition, row) / (partition.size - 1)),
  ),
  ranking("cume_dist", "The share of rows up to the last equal one.", doubleType, true, (partition) => {
    const through = rowsThrough(partition);
    return (row) => (through[row] ?? 0) / partition.size;
  }),
  shifted("lag", "The value so many rows before.", -1),
  shifted("lead", "The value so many rows behind.", 1),
  ntile,
];
