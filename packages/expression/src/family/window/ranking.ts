import { doubleType, integerType, voidType, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { commonType } from "../collection/element-type.ts";
import type { CallSite, Resolution, WindowFunction, WindowPartition } from "../../function/function-entry.ts";

function windowFunction(
  name: string,
  doc: string,
  dataType: DataType,
  evaluate: (partition: WindowPartition, site: CallSite) => SQLValue[],
  more: Partial<WindowFunction> = {},
): WindowFunction {
  return {
    kind: "window",
    name,
    group: "window",
    doc,
    arity: [0, Infinity],
    needsOrder: true,
    resolve: (args): Resolution => ({ args: args.map((argument) => argument.dataType), dataType, nullable: false }),
    evaluate,
    ...more,
  };
}

const rows = (partition: WindowPartition, value: (row: number) => SQLValue): SQLValue[] =>
  Array.from({ length: partition.size }, (_, row) => value(row));
const firstPeer = (partition: WindowPartition, row: number): number => partition.peers[row] ?? row;

function denseRanks(partition: WindowPartition): SQLValue[] {
  let rank = 0;
  return rows(partition, (row) => (firstPeer(partition, row) === row ? ++rank : rank));
}

/** For every row the share of rows that stand at or before its last peer. */
function cumulative(partition: WindowPartition): SQLValue[] {
  const values: SQLValue[] = [];
  for (let start = 0; start < partition.size;) {
    let end = start + 1;
    while (end < partition.size && partition.peers[end] === start) end++;
    for (let row = start; row < end; row++) values.push(end / partition.size);
    start = end;
  }
  return values;
}

/** Buckets of sizes that differ by at most one, the larger first. */
function tiles(partition: WindowPartition, site: CallSite): SQLValue[] {
  const count = Number(site.args[0]?.constant?.value ?? 1);
  const size = Math.floor(partition.size / count);
  const larger = partition.size % count;
  const edge = larger * (size + 1);
  return rows(partition, (row) => (row < edge ? Math.floor(row / (size + 1)) : larger + Math.floor((row - edge) / Math.max(size, 1))) + 1);
}

/** The value some rows away, or the default beyond the partition; with IGNORE NULLS only rows that have one count. */
function shifted(direction: 1 | -1): WindowFunction["evaluate"] {
  return (partition, site) => {
    const offset = direction * Number(site.args[1]?.constant?.value ?? 1);
    const otherwise = (row: number): SQLValue => (site.args.length > 2 ? partition.argument(2, row) : null);
    return rows(partition, (row) => {
      if (!partition.ignoreNulls) {
        const other = row + offset;
        return other >= 0 && other < partition.size ? partition.argument(0, other) : otherwise(row);
      }
      let left = Math.abs(offset);
      for (let other = row + Math.sign(offset); left > 0 && other >= 0 && other < partition.size; other += Math.sign(offset)) {
        if (partition.argument(0, other) !== null && --left === 0) return partition.argument(0, other);
      }
      return offset === 0 ? partition.argument(0, row) : otherwise(row);
    });
  };
}

function shift(name: string, doc: string, direction: 1 | -1): WindowFunction {
  return windowFunction(name, doc, voidType, shifted(direction), {
    arity: [1, 3],
    resolve: (args, site) => {
      const [value, offset, otherwise] = args;
      const type =
        otherwise === undefined || value === undefined ? (value?.dataType ?? voidType) : commonType([value, otherwise], args, site);
      return {
        args: [type, ...(offset === undefined ? [] : [integerType]), ...(otherwise === undefined ? [] : [type])],
        dataType: type,
        nullable: otherwise === undefined || args.some((argument) => argument.nullable),
      };
    },
    sql: (args) => `${name}(${[...args, ...["1", "NULL"].slice(args.length - 1)].join(", ")})`,
  });
}

/** Functions of a row's place in its partition. */
export const rankingFunctions: readonly WindowFunction[] = [
  windowFunction("row_number", "The row's number, from 1.", integerType, (partition) => rows(partition, (row) => row + 1), {
    arity: [0, 0],
  }),
  windowFunction("rank", "One more than the rows before all equal ones.", integerType, (partition) =>
    rows(partition, (row) => firstPeer(partition, row) + 1),
  ),
  windowFunction("dense_rank", "One more than the different rows before.", integerType, denseRanks),
  windowFunction("percent_rank", "The rank less one, as a share of the other rows.", doubleType, (partition) =>
    rows(partition, (row) => (partition.size <= 1 ? 0 : firstPeer(partition, row) / (partition.size - 1))),
  ),
  windowFunction("cume_dist", "The share of rows that are not behind it.", doubleType, cumulative, { arity: [0, 0] }),
  windowFunction("ntile", "The number of the row's bucket of so many.", integerType, tiles, { arity: [0, 1] }),
  shift("lead", "The value some rows later.", 1),
  shift("lag", "The value some rows before.", -1),
];
