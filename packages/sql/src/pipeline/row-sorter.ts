import { booleanType } from "@vonk/columnar/internal";
import { boundReferences, call, literal, typeOf, type Expression } from "@vonk/dataframe/internal";
import { frameColumn } from "./batch-columns.ts";
import { blockPhysical, blockVectors } from "./block-form.ts";
import { BlockWriter } from "./block-writer.ts";
import { joinBlocks } from "./build-table.ts";
import { isCompilable } from "./compilable.ts";
import { emitSort } from "./emit-sort.ts";
import { morselRows, type Frame } from "./frame.ts";
import type { StageRunner } from "./run-stage.ts";
import type { Block, RowOrder } from "./stage-plan.ts";
import { codeKey, exported, withoutContext } from "./thread-pipeline.ts";

/** Rows beyond a limit at which those that cannot be among the first are let go. */
const surplusRows = 65_536;

/** The rows of a task in an order, or the first of them. They are held in the task's memory. */
export class RowSorter {
  readonly #stage: StageRunner;
  readonly #order: RowOrder;
  readonly #types: ReturnType<typeof typeOf>[];
  /** The first of the rows that came before those of #rows. */
  #kept: readonly Block[] = [];
  #rows: BlockWriter;
  #count = 0;
  /** What rows that come have to meet, and how often it has changed. */
  #condition: Expression | undefined;
  #times = 0;

  constructor(stage: StageRunner, order: RowOrder) {
    this.#stage = stage;
    this.#order = order;
    this.#types = order.outputs.map(typeOf);
    this.#rows = this.#writer("ordered", order.outputs);
  }

  add(all: Frame): void {
    const { limit } = this.#order;
    const frame = this.#condition === undefined ? all : this.#stage.filtered(`first ${this.#times}`, this.#condition, all);
    if (frame.count === 0) return;
    this.#rows.add(frame);
    this.#count += frame.count;
    if (limit === undefined || this.#count <= 2 * limit + surplusRows) return;
    const kept = this.#writer("kept", this.#columns());
    this.#count = 0;
    for (const first of this.frames()) {
      kept.add(first);
      this.#count += first.count;
      this.#condition = this.#mayBeFirst(first);
    }
    this.#times++;
    this.#kept = kept.finish();
    this.#rows = this.#writer("ordered", this.#order.outputs);
  }

  /** The rows in order, in frames of the collected columns. */
  *frames(): Generator<Frame> {
    const { thread } = this.#stage;
    const block = joinBlocks({ types: this.#types, hasNullRow: false }, [...this.#kept, ...this.#rows.finish()], thread, thread.taskMemory);
    const rows = this.#sorted(block);
    const columns = blockVectors(block, this.#types).map((vector) => frameColumn(thread, vector, 0, false));
    const count = Math.min(block.rows, this.#order.limit ?? block.rows);
    for (let start = 0; start < count; start += morselRows)
      yield { count: Math.min(morselRows, count - start), columns, rows: [rows + 4 * start], offset: 0 };
  }

  /** Whether a row may stand before the last row of a frame, by the first key; undefined when that is not known quickly. */
  #mayBeFirst(kept: Frame): Expression | undefined {
    const [key] = this.#order.keys;
    const output = key === undefined ? undefined : this.#order.outputs[key.ordinal];
    if (key === undefined || output === undefined) return undefined;
    const last = this.#stage.values.reader(kept, key.ordinal)(kept.count - 1);
    const isNull = call("isnull", [output], booleanType);
    if (last === null) return key.nullsFirst && isCompilable(isNull) ? isNull : undefined;
    const isBefore = call(key.ascending ? "<=" : ">=", [output, literal(last, typeOf(output))], booleanType);
    const condition = key.nullsFirst ? call("or", [isNull, isBefore], booleanType) : isBefore;
    return isCompilable(condition) ? condition : undefined;
  }

  /** The address of the row numbers in order. */
  #sorted(block: Block): number {
    const { thread } = this.#stage;
    const { view } = thread.views;
    const { keys } = this.#order;
    const columns = keys.map(({ ordinal }) => block.columns[ordinal] ?? { data: 0, validity: 0 });
    const form = keys.map(({ ordinal, ascending, nullsFirst }, index) => ({
      physical: blockPhysical(this.#types[ordinal] ?? { kind: "long" }),
      isNullable: columns[index]?.validity !== 0,
      ascending,
      nullsFirst,
    }));
    const code = thread.code(codeKey(["sort", form]), () => withoutContext(emitSort(form)));
    const places = thread.taskMemory.allocate(16 * columns.length);
    for (const [index, { data, validity }] of columns.entries()) {
      view.setBigInt64(places + 16 * index, BigInt(data), true);
      view.setBigInt64(places + 16 * index + 8, BigInt(validity), true);
    }
    const rows = thread.taskMemory.allocate(4 * block.rows);
    for (let row = 0; row < block.rows; row++) view.setUint32(rows + 4 * row, row, true);
    return exported(code.exports, "sort")(places, rows, thread.taskMemory.allocate(4 * block.rows), block.rows);
  }

  /** The collected columns as they are. */
  #columns(): Expression[] {
    return boundReferences(this.#types);
  }

  #writer(name: string, outputs: readonly Expression[]): BlockWriter {
    return new BlockWriter(this.#stage, outputs, this.#stage.thread.taskMemory, name);
  }
}
