import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { vectorMemory, vectorReader, type ColumnBatch, type SQLRow } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { compileExpression } from "@vonk/expression/internal";
import { PipelineMemory } from "../pipeline/pipeline-memory.ts";
import type { PipelinePlan } from "../pipeline/pipeline-plan.ts";
import { CompiledAggregate } from "../pipeline/run-aggregate.ts";
import type { BatchReader } from "../source/table.ts";
import { GroupTable } from "./aggregate-rows.ts";
import type { PartitionFunction } from "./partition-function.ts";

/*
 * Pipelines as tasks run them: generated code over the columns of a source's batches. Batches on which the code cannot run are interpreted, row by
 * row, into the same groups.
 */

/** A pipeline and the module that reads its batches. */
export interface PipelineTask {
  readonly plan: PipelinePlan;
  readonly reader: { readonly module: string; readonly export: string; readonly args: unknown };
  /** False interprets all batches: for comparisons. */
  readonly compiled: boolean;
}

let threadMemory: PipelineMemory | undefined;

/** Scan, filter and the first half of an aggregate in one. */
export function pipelineAggregate(task: PipelineTask): PartitionFunction<unknown, readonly [string, SQLRow]> {
  const { plan } = task;
  const read = loadReader(task.reader);
  const memory = (threadMemory ??= new PipelineMemory());
  const code = task.compiled ? new CompiledAggregate(plan, memory) : undefined;
  const condition = plan.condition === undefined ? undefined : compileExpression(plan.condition, plan.session);
  return (_partition, parts) => {
    const table = new GroupTable(plan);
    if (code === undefined) memory.clear();
    else code.begin();
    for (const batch of read(parts, memory)) {
      if (code?.run(batch, table) === true) continue;
      for (const row of rowsOf(batch, memory)) if (condition === undefined || condition(row) === true) table.addRow(row);
    }
    return table.entries();
  };
}

function* rowsOf(batch: ColumnBatch, memory: PipelineMemory): Generator<SQLRow> {
  const views = vectorMemory(memory.memory.buffer);
  const readers = batch.columns.map((column) => vectorReader(column, views));
  for (let row = 0; row < batch.length; row++) yield readers.map((reader) => reader(row));
}

const require = createRequire(import.meta.url);

function loadReader({ module, export: name, args }: PipelineTask["reader"]): BatchReader {
  const loaded: unknown = require(fileURLToPath(module));
  const maker: unknown = typeof loaded === "object" && loaded !== null ? Reflect.get(loaded, name) : undefined;
  assert(typeof maker === "function", `the source's module exports ${name}`);
  return Reflect.apply(maker, undefined, [args]) as BatchReader;
}
