import { BatchRecord, encodeBlock, recordRange, recordRows, type DataType } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { Broadcast, RDD } from "@vonk/core";
import { broadcastTag, placeRecords, ShuffleReadRDD, submitMapStage } from "@vonk/core/internal";
import type { Expression } from "@vonk/dataframe/internal";
import { sqlErrors } from "../errors.ts";
import { morselRows } from "../pipeline/frame.ts";
import { groupTypes, type StageOutput } from "../pipeline/run-stage.ts";
import type { GroupsSink, MarkedRows, RowShare, SentTable, StageTable, TablePlan } from "../pipeline/stage-plan.ts";
import { tableSlots } from "../pipeline/table-slots.ts";
import type { ValueRange } from "../pipeline/value-range.ts";
import type { ExecutionContext } from "./physical-plan.ts";
import { groupParts, mergeSink, type Groups, type StageExchange } from "./stage-exchange.ts";
import type { ReadyStage, StageInput, StageLauncher } from "./stage-input.ts";
import { coalescedReads } from "./shuffle-reads.ts";
import { tableBytesMax } from "./table-bytes.ts";

/**
 * Executors have memory of their own. Build sides come to the driver as columns and go to every executor, which builds its table when a task first
 * needs it; groups go through the shuffle, and what follows them runs in the tasks that merge them.
 * @see Spark's BroadcastExchangeExec, ShuffleExchangeExec
 */
export class SentExchange implements StageExchange {
  readonly #context: ExecutionContext;
  readonly #stages: StageLauncher;

  constructor(context: ExecutionContext, stages: StageLauncher) {
    this.#context = context;
    this.#stages = stages;
  }

  /** @throws PIPELINE_MEMORY_EXCEEDED when there are more rows than executors are to have a copy of each */
  async table(stage: ReadyStage, outputs: readonly Expression[], plan: TablePlan): Promise<SentTable> {
    const records: BatchRecord[] = [];
    for (const output of await this.#stages.launch(stage, { kind: "records", outputs }).collect()) {
      assert(output instanceof BatchRecord, "the sink gives records");
      if (recordRows(output) > 0) records.push(output);
    }
    const blocks = records.map((record) => encodeBlock([record]));
    const bytes = blocks.reduce((sum, block) => sum + block.byteLength, 0);
    if (bytes > tableBytesMax(this.#context)) throw sqlErrors.create("PIPELINE_MEMORY_EXCEEDED", { bytes });
    const sent = this.#broadcast<readonly Uint8Array[]>(blocks);
    const rows = records.reduce((sum, record) => sum + recordRows(record), 0);
    return sentTable({ records: sent, rows, ranges: plan.types.map((_, column) => rangeOf(records, column)) }, plan);
  }

  tableBy(table: StageTable, plan: TablePlan): Promise<SentTable> {
    return Promise.resolve(sentTable(sentOnly(table), plan));
  }

  rowsName(table: StageTable): string {
    return `broadcast ${sentOnly(table).records.id}`;
  }

  async groups(stage: ReadyStage, groups: Groups, columns: readonly DataType[]): Promise<StageInput> {
    const { groupings, accumulators, averages } = groups;
    const source = { columns };
    if (stage.parts.length === 1) {
      const sink: GroupsSink = { kind: "groups", groupings, accumulators, averages, parts: 1 };
      return { source, parts: [0], given: this.#stages.launch(stage, sink) };
    }
    const parts = groupParts(groupings, this.#context.sparkContext.defaultParallelism);
    const placed = this.#stages.launch(stage, { kind: "groups", groupings, accumulators, averages: [], parts, isSent: true });
    const read = await this.#exchanged(placed, parts);
    const types = groupTypes(groups);
    const stored = { ordinals: types.map((_, ordinal) => ordinal), types };
    const count = await read.getNumPartitions();
    const all = Array.from({ length: count }, (_, partition) => partition);
    const merge: ReadyStage = { source: { columns: types, stored }, parts: all, given: read, steps: [] };
    return { source, parts: all, given: this.#stages.launch(merge, mergeSink(groups)) };
  }

  /** Records by the partition that stands before them; partitions of few bytes together. */
  async #exchanged(placed: RDD<StageOutput>, parts: number): Promise<RDD<BatchRecord>> {
    const { adaptive, sparkContext, atEnd } = this.#context;
    const shuffled = placeRecords<BatchRecord>(placed, parts);
    atEnd?.(async () => {
      if (shuffled.isPrepared) await shuffled.cleanShuffleDependencies();
    });
    if (!adaptive.enabled || !adaptive.coalesces || parts === 1) return shuffled;
    const { bytesByPartitionId } = await submitMapStage(shuffled);
    return new ShuffleReadRDD(shuffled, coalescedReads(bytesByPartitionId, adaptive, sparkContext.defaultParallelism));
  }

  async marked(stage: ReadyStage, table: StageTable, wantsMatched: boolean): Promise<StageInput> {
    const sent = sentOnly(table);
    const met = new Uint8Array((sent.rows + 7) >> 3);
    for (const output of await this.#stages.launch(stage, { kind: "marks" }).collect()) {
      assert("met" in output, "the sink gives marks");
      for (const [at, bits] of output.met.entries()) met[at] = (met[at] ?? 0) | bits;
    }
    const marked: MarkedRows = { table: sent, met: this.#broadcast(met), wantsMatched };
    const most = 2 * this.#context.sparkContext.defaultParallelism;
    const count = Math.max(1, Math.min(most, Math.ceil(sent.rows / morselRows)));
    const parts = Array.from({ length: count }, (_, index): RowShare => ({ index, count }));
    return { source: { columns: sent.types, marked }, parts };
  }

  #broadcast<T>(value: T): Broadcast<T> {
    const { sparkContext, atEnd } = this.#context;
    const broadcast = sparkContext.broadcast(value);
    atEnd?.(() => broadcast.destroy());
    return broadcast;
  }
}

function sentTable({ records, rows, ranges }: Pick<SentTable, "records" | "rows" | "ranges">, given: TablePlan): SentTable {
  // What executors build goes with the rows it was built of.
  const plan = { ...given, tag: broadcastTag(records.id) };
  const slots = tableSlots(plan, rows, (column) => ranges[column]);
  return { records, rows, ranges, plan, types: plan.types, keys: plan.keys, ...slots };
}

function sentOnly(table: StageTable): SentTable {
  assert("records" in table, "tables of other processes are sent");
  return table;
}

/** Bounds of a column of integers; undefined when they are not known. */
function rangeOf(records: readonly BatchRecord[], column: number): ValueRange | undefined {
  let all: ValueRange | undefined;
  for (const record of records) {
    const range = recordRange(record, column);
    if (range === undefined) return undefined;
    all = all === undefined ? range : { min: range.min < all.min ? range.min : all.min, max: range.max > all.max ? range.max : all.max };
  }
  return all ?? { min: 0n, max: 0n };
}
