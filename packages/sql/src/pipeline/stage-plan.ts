import type { DataType } from "@vonk/columnar/internal";
import type { Broadcast, CollectionAccumulator } from "@vonk/core";
import type { Expression } from "@vonk/dataframe/internal";
import type { SessionValues } from "@vonk/expression/internal";
import type { ValueRange } from "./value-range.ts";

/*
 * A stage as tasks get it: plain data. Batches of a source go through steps into a sink. Expressions are over positions in one growing list of
 * columns: those of the source, then what each step adds.
 */

/** What a stage does. Where it runs its tables are there; it may be sent with such as are built there first. */
export interface StagePlan<Table = StageTable> {
  readonly source: StageSource;
  readonly steps: readonly StageStep<Table>[];
  /** Rows are put in order before they reach the sink, whose expressions are then over what was put in order. */
  readonly order?: RowOrder;
  readonly sink: StageSink;
  readonly session: SessionValues;
  /** Owner of what outlives a task in the segment. */
  readonly tag: number;
}

/** Where batches come from: a table's reader, or what an earlier stage left in the segment. */
export interface StageSource {
  readonly columns: readonly DataType[];
  readonly reader?: { readonly module: string; readonly export: string; readonly args: unknown };
  /** Records of batches that another query left, which columns of them, and the types of all. */
  readonly stored?: StoredColumns;
  /** Rows of a table by whether probes have met them; the parts are {@link RowShare}s. */
  readonly marked?: MarkedRows;
  /** True when the parts of the scan are {@link SharedPart}s. */
  readonly isShared?: boolean;
}

/** Columns of records of batches. */
export interface StoredColumns {
  readonly ordinals: readonly number[];
  readonly types: readonly DataType[];
}

/** Rows of a table, and a bit for each: whether it was met. */
export interface MarkedRows {
  readonly table: SentTable;
  readonly met: Broadcast<Uint8Array>;
  /** Which are read. */
  readonly wantsMatched: boolean;
}

/** One of `count` equal runs of rows. */
export interface RowShare {
  readonly index: number;
  readonly count: number;
}

/** A part of a table's scan, of whose rows a task takes one of `count` equal shares: all tasks read it, each goes on with its own. */
export interface SharedPart {
  readonly description: unknown;
  readonly index: number;
  readonly count: number;
}

/** What happens to rows on their way. */
export type StageStep<Table = StageTable> = FilterStep | ProbeStep<Table>;

/** The rows for which a condition is true. */
export interface FilterStep {
  readonly kind: "filter";
  readonly condition: Expression;
}

/** How a probe treats rows with and without a match. `mark` notes which rows of the table were met and lets none through. */
export type ProbeType = "inner" | "left" | "semi" | "anti" | "mark";

/** Rows beside the rows of a table with equal keys. */
export interface ProbeStep<Table = StageTable> {
  readonly kind: "probe";
  readonly table: Table;
  readonly keys: readonly Expression[];
  readonly joinType: ProbeType;
  /** NOT IN: a null on either side makes the answer unknown. */
  readonly nullAware: boolean;
  /** Over the columns so far and then the table's. */
  readonly condition?: Expression;
}

/** An order of a task's rows. */
export interface RowOrder {
  readonly outputs: readonly Expression[];
  readonly keys: readonly SortKey[];
  /** How many of the first rows are wanted. */
  readonly limit?: number;
}

/** An output that rows are put in order by. */
export interface SortKey {
  readonly ordinal: number;
  readonly ascending: boolean;
  readonly nullsFirst: boolean;
}

/** A table of the rows, made by the only task, or of all tasks' rows by the one that ends last. */
export interface TableSink {
  readonly kind: "table";
  readonly outputs: readonly Expression[];
  readonly table: TablePlan;
  /** Absent when there is one task. */
  readonly shared?: MeetingPlace;
}

/** Where the tasks of a stage leave what the last of them needs. */
export interface MeetingPlace {
  readonly tasks: number;
  /** The address of {@link meetingBytes} in the segment, all 0 before the first comes. */
  readonly words: number;
}

/** How much memory so many tasks need to meet: words of 4 bytes, who is the last, and where each has left its blocks. */
export function meetingBytes(tasks: number): number {
  return 4 * (1 + tasks);
}

/** What becomes of the rows. */
export type StageSink =
  | { readonly kind: "rows"; readonly outputs: readonly Expression[] }
  | { readonly kind: "blocks" | "records"; readonly outputs: readonly Expression[] }
  /** Records for other processes, each behind the only partition, and what is to be known of them. */
  | { readonly kind: "sent"; readonly outputs: readonly Expression[]; readonly facts?: CollectionAccumulator<RecordFacts> }
  | TableSink
  | GroupsSink
  /** Which rows of a table were met by its `mark` probe, in this process, a bit each. */
  | { readonly kind: "marks" }
  | { readonly kind: "none" };

/** Rows of a record, and bounds of its columns as far as they are known. */
export interface RecordFacts {
  readonly rows: number;
  readonly ranges: readonly (ValueRange | undefined)[];
}

/** Rows by group. Its columns are the groupings, the accumulators, then the averages, which are made when groups are complete. */
export interface GroupsSink {
  readonly kind: "groups";
  readonly groupings: readonly Expression[];
  readonly accumulators: readonly Accumulator[];
  readonly averages: readonly Average[];
  /** Into how many blocks the groups of a task go, by their hash: a power of two. */
  readonly parts: number;
  /** They go to other processes: as records, each behind its part. */
  readonly isSent?: boolean;
  /** The last of the tasks puts the groups of all together by this sink; the others give none. */
  readonly last?: { readonly place: MeetingPlace; readonly sink: GroupsSink };
}

/** A sum divided by a count, by their places among the accumulators. */
export interface Average {
  readonly sum: number;
  readonly count: number;
  readonly dataType: DataType;
}

/** What is kept of a group's rows. Without an argument a count has all rows. */
export interface Accumulator {
  readonly kind: "sum" | "count" | "min" | "max";
  readonly argument?: Expression;
  /** Of the column that it becomes: sums of integers and decimals are exact in 128 bits. */
  readonly dataType: DataType;
  /** The type that a sum's values must fit in the end. */
  readonly result?: DataType;
}

/** What a table is made of, and for whom. */
export interface TablePlan {
  readonly types: readonly DataType[];
  /** Which columns are the keys. */
  readonly keys: readonly number[];
  /** Rows without a match get nulls: there is a row of them behind the others. */
  readonly hasNullRow: boolean;
  /** Only whether a key is there is asked. */
  readonly isExistence: boolean;
  /** Rows that are met are marked. */
  readonly hasMarks: boolean;
  readonly tag: number;
}

/** Columns of rows in the segment; addresses as a vector has them. */
export interface Block {
  readonly rows: number;
  readonly columns: readonly { readonly data: number; readonly validity: number }[];
  /** Which part it is of groups that were divided. */
  readonly part?: number;
}

/** Blocks to be read. */
export interface BlockPart {
  readonly blocks: readonly Block[];
  /** A byte a row of the only block, and the value with which it is read. */
  readonly marks?: { readonly at: number; readonly value: number };
}

/** What is known of a table wherever it is. */
export interface TableFacts {
  readonly rows: number;
  /** About how many it would have if nothing had been left out of it. */
  readonly base?: number;
  readonly types: readonly DataType[];
  /** Which columns are the keys. */
  readonly keys: readonly number[];
  readonly direct?: readonly DirectKey[];
  /** Slots by key; of a hashed table a power of two. */
  readonly slots: number;
}

/** The values of a key that has a slot each. */
export interface DirectKey {
  readonly min: bigint;
  readonly size: number;
  /** Slots from one value to the next. */
  readonly stride: number;
}

/** A table of a stage: there already, or built by each executor when its first task needs it. */
export type StageTable = BuiltTable | SentTable;

/** A table as executors with memory of their own get it: its rows as records in a shuffle. All build the same, rows in the same order. */
export interface SentTable extends TableFacts {
  readonly shuffleId: number;
  /** With which it goes. */
  readonly owner: Broadcast<unknown>;
  readonly plan: TablePlan;
  /** Bounds of the columns, as far as they are known. */
  readonly ranges: readonly (ValueRange | undefined)[];
}

/**
 * The rows of a join's side in the segment, by key. Keys whose ranges are small are positions in `heads` (direct); others are hashed. A head is
 * the number of a row plus one, `next` the same for further rows with its key.
 */
export interface BuiltTable extends TableFacts {
  readonly block: Block;
  readonly heads: number;
  /** 0 when no key occurs twice. */
  readonly next: number;
  /** A bit a slot of a direct table that tells whether the key is there; 0 when there is none. */
  readonly bitmap: number;
  /** How many bits are set before each 64 of the bitmap: `heads` then has an entry a key that is there, not a slot. 0 when it has one a slot. */
  readonly ranks: number;
  /** A byte a row for `mark`; 0 when nobody asks. */
  readonly marks: number;
  readonly hasNullKey: boolean;
}
