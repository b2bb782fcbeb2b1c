import type { DataType } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { RDD } from "@vonk/core";
import { moduleStep } from "@vonk/core/internal";
import { typeOf, type Expression } from "@vonk/dataframe/internal";
import { groupTypes, type StageOutput } from "../pipeline/run-stage.ts";
import type { Block, BlockPart, BuiltTable, GroupsSink, StageTable, TablePlan } from "../pipeline/stage-plan.ts";
import type { ExecutionContext } from "./physical-plan.ts";
import { groupParts, mergeSink, type Groups, type StageExchange } from "./stage-exchange.ts";
import { stageTasks, workMs, type ReadyStage, type StageInput, type StageLauncher } from "./stage-input.ts";

/** What takes no longer than a stage of its own would is done once more by each that needs it, in milliseconds. */
const littleWorkMs = 0.2;

/** All tasks share a segment: blocks stay where they are, and later tasks are told where that is. */
export class SegmentExchange implements StageExchange {
  readonly #context: ExecutionContext;
  readonly #stages: StageLauncher;

  constructor(context: ExecutionContext, stages: StageLauncher) {
    this.#context = context;
    this.#stages = stages;
  }

  async table(stage: ReadyStage, outputs: readonly Expression[], plan: TablePlan): Promise<BuiltTable> {
    return tableOf(await this.#stages.launchTable(stage, outputs, plan).collect(this.#stages.options));
  }

  async tableBy(table: StageTable, plan: TablePlan): Promise<BuiltTable> {
    const { sparkContext, session } = this.#context;
    const task = { module: stageTasks, export: "runBuild", args: { ...plan, session } };
    const built = moduleStep<BuiltTable>(sparkContext.parallelize([builtTable(table).block], 1), "BuildTable", task);
    return tableOf((await built.collect(this.#stages.options)).map((made) => ({ table: made })));
  }

  rowsName(table: StageTable): string {
    const { columns } = builtTable(table).block;
    return `${columns.map(({ data }) => data).join()} ${table.rows}`;
  }

  async gathered(stage: ReadyStage, outputs: readonly Expression[]): Promise<StageInput> {
    const blocks = await this.#blocks(this.#stages.launch(stage, { kind: "blocks", outputs }));
    const part: BlockPart = { blocks };
    return { source: { columns: outputs.map(typeOf) }, parts: [part] };
  }

  /** Groups of each task, then those of all tasks by their keys, which the tasks that read them put together: by parts, or where that is little work in one. */
  async groups(stage: ReadyStage, groups: Groups, columns: readonly DataType[]): Promise<StageInput> {
    const { groupings, accumulators, averages } = groups;
    const isOne = stage.parts.length === 1;
    const parts = isOne ? 1 : groupParts(groupings, this.#context.sparkContext.defaultParallelism);
    const sink: GroupsSink = { kind: "groups", groupings, accumulators, averages: isOne ? averages : [], parts };
    const source = { columns };
    if (isOne && (stage.workMs ?? Infinity) <= littleWorkMs)
      return { source, parts: [0], given: this.#stages.launch(stage, sink), workMs: stage.workMs };
    if (!isOne && groupings.length === 0) return { source, ...this.#stages.launchMerged(stage, sink, mergeSink(groups)) };
    const blocks = await this.#blocks(this.#stages.launch(stage, sink));
    if (isOne) return { source, ...each(blocks) };
    const merging = { source: { columns: groupTypes(groups) }, steps: [], workMs: workMs(rowsOf(blocks), "memory") };
    const isLittle = merging.workMs <= littleWorkMs;
    const byPart = Array.from({ length: parts }, (_, part): BlockPart => ({ blocks: blocks.filter((block) => block.part === part) }));
    const merged = this.#stages.launch({ ...merging, parts: isLittle ? [{ blocks }] : byPart }, mergeSink(groups));
    return { source, parts: isLittle ? [0] : byPart.map((_, part) => part), given: merged, workMs: merging.workMs };
  }

  async #blocks(rdd: RDD<StageOutput>): Promise<Block[]> {
    const found: Block[] = [];
    for (const output of await rdd.collect(this.#stages.options)) if ("blocks" in output) found.push(...output.blocks);
    return found;
  }

  async marked(stage: ReadyStage, table: StageTable, wantsMatched: boolean): Promise<StageInput> {
    const { block, marks, types } = builtTable(table);
    await this.#stages.launch(stage, { kind: "none" }).collect(this.#stages.options);
    const part: BlockPart = { blocks: [block], marks: { at: marks, value: wantsMatched ? 1 : 0 } };
    return { source: { columns: types }, parts: [part] };
  }
}

/** A part a block. */
function each(blocks: readonly Block[]): Pick<StageInput, "parts" | "workMs"> {
  return { parts: blocks.map((block): BlockPart => ({ blocks: [block] })), workMs: workMs(rowsOf(blocks), "memory") };
}

function rowsOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + block.rows, 0);
}

function builtTable(table: StageTable): BuiltTable {
  assert("block" in table, "tables of a shared segment are there");
  return table;
}

function tableOf(outputs: readonly StageOutput[]): BuiltTable {
  const [output] = outputs;
  assert(output !== undefined && "table" in output, "a build has one table");
  return output.table;
}
