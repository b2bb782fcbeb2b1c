import type { BatchRecord } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { oncePerExecutor, shuffleRecords, type TaskRuntime } from "@vonk/core/internal";
import { boundReferences } from "@vonk/dataframe/internal";
import type { SessionValues } from "@vonk/expression/internal";
import { blockWidth } from "../pipeline/block-form.ts";
import { StageRunner } from "../pipeline/run-stage.ts";
import type {
  BlockPart,
  BuiltTable,
  MarkedRows,
  RowShare,
  SentTable,
  StagePlan,
  StageTable,
  StoredColumns,
} from "../pipeline/stage-plan.ts";
import { storedBatches } from "./stored-batches.ts";
import { withPipeline } from "./task-pipeline.ts";

/* Tables whose rows come from other processes: the first task of an executor that needs one builds it in the segment for all. */

/** The stage with its tables as they are here. */
export function withTables(plan: StagePlan, task: TaskRuntime): StagePlan<BuiltTable> {
  return {
    ...plan,
    steps: plan.steps.map((step) => (step.kind === "probe" ? { ...step, table: tableHere(step.table, plan.session, task) } : step)),
  };
}

function tableHere(table: StageTable, session: SessionValues, task: TaskRuntime): BuiltTable {
  if (!("shuffleId" in table)) return table;
  const { shuffleId, owner, plan } = table;
  const name = `table of ${shuffleId} by ${plan.keys.join()} ${plan.isExistence} ${plan.hasNullRow} ${plan.hasMarks}`;
  return oncePerExecutor(task.executor, owner, name, () => build(table, session, task));
}

function build({ shuffleId, plan }: SentTable, session: SessionValues, task: TaskRuntime): BuiltTable {
  const { types } = plan;
  const stored: StoredColumns = { ordinals: types.map((_, ordinal) => ordinal), types };
  const stage: StagePlan<BuiltTable> = {
    source: { columns: types, stored },
    steps: [],
    sink: { kind: "table", outputs: boundReferences(types), table: plan },
    session,
    tag: plan.tag,
  };
  const made = withPipeline((pipeline) => {
    const records = shuffleRecords(task, shuffleId, 0) as Iterable<BatchRecord>;
    return new StageRunner(stage, pipeline).runBatches(storedBatches(records, stored, pipeline.batchMemory));
  });
  const [output] = made;
  assert(output !== undefined && "table" in output, "a build has one table");
  return output.table;
}

/** Shares of a table's rows, with the marks that all processes made. */
export function markedParts(
  { table, met, wantsMatched }: MarkedRows,
  session: SessionValues,
  shares: Iterable<RowShare>,
  task: TaskRuntime,
): Iterable<BlockPart> {
  const { block, types, marks, rows } = tableHere(table, session, task);
  oncePerExecutor(task.executor, met, "marks", () => {
    const bytes = task.executor.allocator.view(marks, rows);
    const bits = met.value;
    for (let row = 0; row < rows; row++) if ((((bits[row >> 3] ?? 0) >> (row & 7)) & 1) !== 0) bytes[row] = 1;
    return null;
  });
  return Array.from(shares, ({ index, count }): BlockPart => {
    const [from, to] = [edge(rows, index, count), edge(rows, index + 1, count)];
    const columns = block.columns.map(({ data, validity }, column) => {
      const type = types[column];
      assert(type !== undefined, "a table has a column of each type");
      return { data: data + from * blockWidth(type), validity: validity === 0 ? 0 : validity + from / 8 };
    });
    return { blocks: [{ rows: to - from, columns }], marks: { at: marks + from, value: wantsMatched ? 1 : 0 } };
  });
}

/** Where a run of rows begins: where a byte of a bitmap does. */
function edge(rows: number, index: number, count: number): number {
  return index === count ? rows : Math.floor((rows * index) / count / 8) * 8;
}
