import { blockVectors } from "./block-form.ts";
import { frameColumn } from "./batch-columns.ts";
import { emitExistence } from "./emit-existence.ts";
import { emitProbe, needsNoRow, probeStateBytes, type ProbeForm } from "./emit-probe.ts";
import { frameRowsMax, type Frame, type FrameColumn } from "./frame.ts";
import type { Prepared, StageRunner } from "./run-stage.ts";
import { shiftColumns } from "./expression-columns.ts";
import type { BuiltTable, ProbeStep } from "./stage-plan.ts";
import { tableShift } from "./table-slots.ts";

/** Columns that a probe reads and gives, and where it writes rows. */
interface Lists {
  /** The columns of the frame that these lists are for, with and without those that were interpreted. */
  readonly read: Frame["columns"];
  readonly came: Frame["columns"];
  /** The same with the table's columns behind them. */
  readonly all: Frame["columns"];
  readonly made: Frame["columns"];
  readonly outs: readonly number[];
  readonly given: Record<string, number | bigint>;
}

/** A probe in one task. */
export class ProbeRunner {
  readonly #stage: StageRunner;
  readonly #step: ProbeStep<BuiltTable> | undefined;
  readonly #columns: readonly FrameColumn[];
  readonly #state: number;
  /** A frame becomes one frame of at most as many rows. */
  readonly #isExistence: boolean;
  #lists: Lists | undefined;

  constructor(stage: StageRunner, step: ProbeStep<BuiltTable> | undefined) {
    this.#stage = stage;
    this.#step = step;
    this.#isExistence = step !== undefined && step.table.direct !== undefined && needsNoRow(step);
    this.#state = step === undefined ? 0 : stage.thread.taskMemory.allocate(probeStateBytes);
    this.#columns =
      step === undefined
        ? []
        : blockVectors(step.table.block, step.table.types).map((vector) => frameColumn(stage.thread, vector, 0, true));
  }

  /** The frames that a frame becomes. */
  *frames(index: number, frame: Frame): Generator<Frame> {
    const step = this.#step;
    if (step === undefined) return;
    const { joinType, table, nullAware } = step;
    if (table.rows === 0 || (nullAware && table.hasNullKey)) {
      // Nothing is equal to anything; NOT IN over a list with a null is never true.
      if (joinType === "anti" && table.rows === 0) yield frame;
      if (joinType !== "left") return;
    }
    const { thread } = this.#stage;
    const ready = this.#stage.prepare(`step${index}`, step.keys, frame);
    if (this.#lists?.read !== ready.frame.columns || this.#lists.came !== frame.columns)
      this.#lists = this.#listsFor(step, index, ready.frame, frame);
    const { given, all: columns, made, outs } = this.#lists;
    const all: Frame = { ...ready.frame, columns, rows: [...ready.frame.rows, 1] };
    const code = this.#stage.function(
      `step${index}`,
      { frame: all, key: ready.key },
      () => ["probe", this.#form(step, ready, frame)],
      (shape) => (this.#isExistence ? emitExistence : emitProbe)(this.#form(step, ready, frame), shape),
    );
    if (this.#isExistence) return yield { ...frame, count: code.call(all, given), rows: outs.slice(0, frame.rows.length) };
    const { view } = thread.views;
    for (let word = 0; word < probeStateBytes; word += 4) view.setUint32(this.#state + word, 0, true);
    while (view.getUint32(this.#state, true) < frame.count) {
      const count = code.call(all, given);
      // Without columns that were interpreted for the keys.
      const rows = outs.slice(0, frame.rows.length);
      if (joinType !== "inner" && joinType !== "left") yield { ...frame, count, rows };
      else yield { ...frame, count, columns: made, rows: [...rows, outs[outs.length - 1] ?? 0] };
    }
  }

  #form(step: ProbeStep<BuiltTable>, ready: Prepared, frame: Frame): ProbeForm {
    const { table, joinType, nullAware } = step;
    const first = ready.frame.columns.length;
    const condition = this.#condition(step, first - frame.columns.length, frame.columns.length);
    return {
      keys: ready.expressions,
      joinType,
      isDirect: table.direct !== undefined,
      isUnique: table.next === 0,
      hasBitmap: table.bitmap !== 0,
      isRanked: table.ranks !== 0,
      nullAware,
      tableKeys: table.keys.map((key) => first + key),
      source: ready.frame.rows.length,
      ...(condition === undefined ? {} : { condition }),
    };
  }

  /** What is the same for all frames of a batch. `read` is the frame with the columns that were interpreted for the keys. */
  #listsFor(step: ProbeStep<BuiltTable>, index: number, read: Frame, came: Frame): Lists {
    const behind = ({ columns, rows }: Frame): Frame["columns"] => [
      ...columns,
      ...this.#columns.map((column) => ({ ...column, source: rows.length })),
    ];
    const outs = [...read.rows, 0].map((_, each) => this.#stage.rowBuffer(`${index}.${each}`));
    return { read: read.columns, came: came.columns, all: behind(read), made: behind(came), outs, given: this.#given(step, outs) };
  }

  /** The condition with the table's columns behind those that were interpreted. */
  #condition({ condition }: ProbeStep<BuiltTable>, added: number, from: number): ProbeStep["condition"] {
    return condition === undefined || added === 0 ? condition : shiftColumns(condition, from, added);
  }

  #given({ table }: ProbeStep<BuiltTable>, outs: readonly number[]): Record<string, number | bigint> {
    const given: Record<string, number | bigint> = {
      state: this.#state,
      capacity: frameRowsMax,
      heads: table.heads,
      next: table.next,
      bitmap: table.bitmap,
      ranks: table.ranks,
      marks: table.marks,
      nullRow: table.rows,
      shift: table.direct === undefined ? tableShift(table.slots) : 0n,
    };
    for (const [source, out] of outs.entries()) given[`out${source}`] = out;
    for (const [index, { min, size, stride }] of (table.direct ?? []).entries()) {
      given[`min${index}`] = min;
      given[`size${index}`] = size;
      given[`stride${index}`] = stride;
    }
    return given;
  }
}
