import { blockVectors } from "./block-form.ts";
import { frameColumn } from "./batch-columns.ts";
import { emitProbe, probeStateBytes, type ProbeForm } from "./emit-probe.ts";
import { frameRowsMax, type Frame, type FrameColumn } from "./frame.ts";
import type { StageRunner } from "./run-stage.ts";
import { shiftColumns } from "./expression-columns.ts";
import type { BuiltTable, ProbeStep } from "./stage-plan.ts";
import { tableShift } from "./table-slots.ts";

/** A probe in one task. */
export class ProbeRunner {
  readonly #stage: StageRunner;
  readonly #step: ProbeStep<BuiltTable> | undefined;
  readonly #columns: readonly FrameColumn[];
  readonly #state: number;

  constructor(stage: StageRunner, step: ProbeStep<BuiltTable> | undefined) {
    this.#stage = stage;
    this.#step = step;
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
    const { thread, values } = this.#stage;
    const ready = this.#stage.prepare(`step${index}`, step.keys, frame);
    const source = ready.frame.rows.length;
    const first = ready.frame.columns.length;
    const columns = this.#columns.map((column) => ({ ...column, source }));
    const all: Frame = { count: frame.count, columns: [...ready.frame.columns, ...columns], rows: [...ready.frame.rows, 1] };
    const tested = this.#condition(step, first - frame.columns.length, frame.columns.length);
    const form: ProbeForm = {
      keys: ready.expressions,
      joinType,
      isDirect: table.direct !== undefined,
      isUnique: table.next === 0,
      hasBitmap: table.bitmap !== 0,
      isRanked: table.ranks !== 0,
      nullAware,
      tableKeys: table.keys.map((key) => first + key),
      source,
      ...(tested === undefined ? {} : { condition: tested }),
    };
    const code = this.#stage.function(
      `step${index}`,
      { frame: all, key: ready.key },
      () => ["probe", form],
      (shape) => emitProbe(form, shape),
    );
    const outs = all.rows.map((_, each) => this.#stage.rowBuffer(`${index}.${each}`));
    const given = this.#given(step, outs);
    const { view } = thread.views;
    for (let word = 0; word < probeStateBytes; word += 4) view.setUint32(this.#state + word, 0, true);
    while (view.getUint32(this.#state, true) < frame.count) {
      const count = code.call(all, values, given);
      yield this.#made(step, frame, columns, outs, count);
    }
  }

  /** A frame of what was made: without columns that were interpreted for the keys. */
  #made({ joinType }: ProbeStep<BuiltTable>, frame: Frame, columns: readonly FrameColumn[], outs: readonly number[], count: number): Frame {
    const rows = outs.slice(0, frame.rows.length);
    if (joinType !== "inner" && joinType !== "left") return { count, columns: frame.columns, rows };
    const source = frame.rows.length;
    const own = columns.map((column) => ({ ...column, source }));
    return { count, columns: [...frame.columns, ...own], rows: [...rows, outs[outs.length - 1] ?? 0] };
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
