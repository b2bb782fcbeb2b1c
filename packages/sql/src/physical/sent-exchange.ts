import type { BatchRecord, DataType } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { RDD } from "@vonk/core";
import { placeRecords, shuffleOf, submitMapStage } from "@vonk/core/internal";
import { typeOf, type Expression } from "@vonk/dataframe/internal";
import { sqlErrors } from "../errors.ts";
import { morselRows } from "../pipeline/frame.ts";
import { groupTypes, type StageOutput } from "../pipeline/run-stage.ts";
import type { GroupsSink, MarkedRows, RecordFacts, RowShare, SentTable, StageTable, TablePlan } from "../pipeline/stage-plan.ts";
import { tableSlots } from "../pipeline/table-slots.ts";
import type { ValueRange } from "../pipeline/value-range.ts";
import { coalesced, goesAtEnd } from "./exchange.ts";
import type { ExecutionContext } from "./physical-plan.ts";
import { groupParts, mergeSink, type Groups, type StageExchange } from "./stage-exchange.ts";
import type { ReadyStage, StageInput, StageLauncher } from "./stage-input.ts";
import { tableBytesMax } from "./table-bytes.ts";

/**
 * Executors have memory of their own. Build sides stay in the shuffle, from which each executor reads all rows when a task first needs the table
 * of them; groups go through the shuffle, and what follows them runs in the tasks that merge them.
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
    const facts = this.#context.sparkContext.collectionAccumulator<RecordFacts>();
    const rows = this.#shuffled(this.#stages.launch(stage, { kind: "sent", outputs, facts }), 1);
    const { bytesByPartitionId } = await submitMapStage(rows, this.#stages.options);
    const bytes = bytesByPartitionId[0] ?? 0;
    if (bytes > tableBytesMax(this.#context)) throw sqlErrors.create("PIPELINE_MEMORY_EXCEEDED", { bytes });
    const { shuffleId } = shuffleOf(rows);
    this.#stages.shuffles.set(shuffleId, rows);
    return sentTable({ shuffleId, owner: this.#stages.owner, ...allFacts(facts.value, plan.types.length) }, plan);
  }

  tableBy(table: StageTable, plan: TablePlan): Promise<SentTable> {
    return Promise.resolve(sentTable(sentOnly(table), plan));
  }

  rowsName(table: StageTable): string {
    return `shuffle ${sentOnly(table).shuffleId}`;
  }

  gathered(stage: ReadyStage, outputs: readonly Expression[]): Promise<StageInput> {
    const given = this.#shuffled(this.#stages.launch(stage, { kind: "sent", outputs }), 1);
    return Promise.resolve({ source: storedSource(outputs.map(typeOf)), parts: [0], given });
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
    const read = await coalesced(this.#context, this.#shuffled(placed, parts));
    const count = await read.getNumPartitions();
    const all = Array.from({ length: count }, (_, partition) => partition);
    const merge: ReadyStage = { source: storedSource(groupTypes(groups)), parts: all, given: read, steps: [] };
    return { source, parts: all, given: this.#stages.launch(merge, mergeSink(groups)) };
  }

  /** Records by the partition that stands before them. */
  #shuffled(placed: RDD<StageOutput>, parts: number): RDD<BatchRecord> {
    return goesAtEnd(this.#context, placeRecords<BatchRecord>(placed, parts));
  }

  async marked(stage: ReadyStage, table: StageTable, wantsMatched: boolean): Promise<StageInput> {
    const sent = sentOnly(table);
    const met = new Uint8Array((sent.rows + 7) >> 3);
    for (const output of await this.#stages.launch(stage, { kind: "marks" }).collect(this.#stages.options)) {
      assert("met" in output, "the sink gives marks");
      for (const [at, bits] of output.met.entries()) met[at] = (met[at] ?? 0) | bits;
    }
    const { sparkContext, atEnd } = this.#context;
    const all = sparkContext.broadcast(met);
    atEnd?.(() => all.destroy());
    const marked: MarkedRows = { table: sent, met: all, wantsMatched };
    const most = 2 * sparkContext.defaultParallelism;
    const count = Math.max(1, Math.min(most, Math.ceil(sent.rows / morselRows)));
    const parts = Array.from({ length: count }, (_, index): RowShare => ({ index, count }));
    return { source: { columns: sent.types, marked }, parts };
  }
}

/** All columns of records. */
function storedSource(types: readonly DataType[]): StageInput["source"] {
  return { columns: types, stored: { ordinals: types.map((_, ordinal) => ordinal), types } };
}

type KnownRows = Pick<SentTable, "shuffleId" | "owner" | "rows" | "ranges">;

function sentTable({ shuffleId, owner, rows, ranges }: KnownRows, plan: TablePlan): SentTable {
  const slots = tableSlots(plan, rows, (column) => ranges[column]);
  return { shuffleId, owner, rows, ranges, plan, types: plan.types, keys: plan.keys, ...slots };
}

function sentOnly(table: StageTable): SentTable {
  assert("shuffleId" in table, "tables of other processes are sent");
  return table;
}

/** What is known of all records together. */
function allFacts(facts: readonly RecordFacts[], columns: number): Pick<SentTable, "rows" | "ranges"> {
  const filled = facts.filter(({ rows }) => rows > 0);
  const ranges = Array.from({ length: columns }, (_, column) =>
    filled.reduce<ValueRange | undefined>((all, { ranges: own }) => bothRanges(all, own[column]), filled[0]?.ranges[column] ?? none),
  );
  return { rows: filled.reduce((sum, { rows }) => sum + rows, 0), ranges };
}

const none: ValueRange = { min: 0n, max: 0n };

function bothRanges(a: ValueRange | undefined, b: ValueRange | undefined): ValueRange | undefined {
  if (a === undefined || b === undefined) return undefined;
  return { min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max };
}
