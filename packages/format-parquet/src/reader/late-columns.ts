import { type ColumnBatch, type ColumnVector, vectorMemory } from "@vonk/columnar/internal";
import type { Arena } from "../memory/arena.ts";
import type { ParquetMetadata } from "../metadata/parquet-metadata.ts";
import type { ParquetSource } from "../metadata/parquet-source.ts";
import { type ParquetPredicate, predicateColumns } from "../pruning/parquet-predicate.ts";
import { type RowRange, rowsOf, rowsWithin } from "../pruning/row-range.ts";
import { vectorRows } from "../pruning/vector-rows.ts";
import { decodeRowGroup } from "./decode-row-group.ts";

/** Of a row group's rows, as many may be wanted at most for the others to be left out. */
const shareMax = 0.5;
/** Row groups that are read at once after one of which too much was wanted. */
const pause = 8;

/**
 * Reads row groups of one plan: the columns that its predicates are about first, and of the others the pages with rows that may meet them. That pays where
 * files say where pages lie and few rows are wanted; where it did not, the next row groups are read at once.
 */
export class LateColumns {
  readonly #columns: readonly string[];
  readonly #predicates: readonly ParquetPredicate[];
  readonly #tested: ReadonlySet<string>;
  #paused = 0;

  constructor(columns: readonly string[], predicates: readonly ParquetPredicate[]) {
    this.#columns = columns;
    this.#predicates = predicates;
    const about = new Set(predicateColumns(predicates));
    this.#tested = new Set(columns.filter((column) => about.has(column)));
  }

  /** The columns of those of the wanted rows that may meet the predicates, and of others; undefined when there are none. `metadata` has that row group alone. */
  decode(source: ParquetSource, metadata: ParquetMetadata, wanted: readonly RowRange[], arena: Arena): ColumnBatch | undefined {
    const isWhole = rowsOf(wanted) === metadata.rowGroups[0]?.rows;
    const read = (columns: readonly string[], rows = isWhole ? undefined : wanted): ColumnBatch =>
      decodeRowGroup(source, metadata, 0, columns, arena, rows === undefined ? {} : { rows });
    if (!this.#mayPay(metadata)) return read(this.#columns);
    const first = read([...this.#tested]);
    const vectors = new Map([...this.#tested].flatMap((name, index) => pair(name, first.columns[index])));
    const found = vectorRows(vectors, first.length, this.#predicates, vectorMemory(arena.memory.buffer));
    if (found?.length === 0) return undefined;
    if (found !== undefined && rowsOf(found) <= first.length * shareMax) return read(this.#columns, rowsWithin(wanted, found));
    this.#paused = pause;
    const rest = this.#columns.filter((column) => !this.#tested.has(column));
    const others = read(rest);
    const all = new Map([...vectors, ...rest.flatMap((name, index) => pair(name, others.columns[index]))]);
    return { length: first.length, columns: this.#columns.flatMap((name) => all.get(name) ?? []) };
  }

  #mayPay({ columns, rowGroups }: ParquetMetadata): boolean {
    if (this.#paused > 0) {
      this.#paused--;
      return false;
    }
    if (this.#tested.size === 0 || this.#tested.size === this.#columns.length) return false;
    return columns.some(
      (node) =>
        node.kind === "leaf" &&
        this.#columns.includes(node.name) &&
        !this.#tested.has(node.name) &&
        rowGroups[0]?.chunks[node.leaf]?.offsetIndex !== undefined,
    );
  }
}

function pair(name: string, vector: ColumnVector | undefined): [string, ColumnVector][] {
  return vector === undefined ? [] : [[name, vector]];
}
