import { physicalBytes } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { Expression } from "@vonk/dataframe/internal";
import type { CodeContext, SlotSource } from "./code-context.ts";
import { firstRow, type Frame, type FrameColumn } from "./frame.ts";
import type { StageValues } from "./stage-values.ts";
import { exported, type Run, type ThreadCode, type ThreadPipeline } from "./thread-pipeline.ts";

/** What a caller gives by name. */
export type Given = Readonly<Record<string, number | bigint>>;

/** Generated code in one thread, called frame by frame. Its context is filled before each call. */
export class CompiledFunction {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly #run: Run;
  readonly #context: CodeContext;
  readonly #at: number;
  readonly #view: DataView;
  readonly #slots: FrameSlots;

  constructor(thread: ThreadPipeline, code: ThreadCode, at: number, values: StageValues) {
    this.exports = code.exports;
    this.#run = exported(this.exports, "run");
    this.#context = code.context;
    this.#view = thread.views.view;
    this.#at = at;
    this.#slots = new FrameSlots(values);
  }

  /** Runs over a frame with what the caller gives by name. */
  call(frame: Frame, given: Given): number {
    this.#slots.open(frame, given);
    this.#context.fill(this.#view, this.#at, this.#slots);
    return this.#run(this.#at, frame.count);
  }
}

/** What a frame fills the slots of a context with. One object for all calls: they are many. */
class FrameSlots implements SlotSource {
  readonly #values: StageValues;
  #frame: Frame = { count: 0, columns: [], rows: [], offset: 0 };
  #given: Given = {};

  constructor(values: StageValues) {
    this.#values = values;
  }

  open(frame: Frame, given: Given): void {
    this.#frame = frame;
    this.#given = given;
  }

  data(ordinal: number): number {
    const column = this.#column(ordinal);
    const { vector } = column;
    return vector.data + firstRow(this.#frame, column) * (vector.dictionary?.width ?? physicalBytes[vector.physical]);
  }

  validity(ordinal: number): number {
    const column = this.#column(ordinal);
    return column.vector.validity + firstRow(this.#frame, column) / 8;
  }

  dictionary(ordinal: number): number {
    return this.#column(ordinal).vector.dictionary?.values.data ?? 0;
  }

  rows(source: number): number {
    return this.#frame.rows[source] ?? 0;
  }

  text(text: string): bigint {
    return this.#values.text(text);
  }

  mask(expression: Expression, ordinal: number): number {
    return this.#values.mask(expression, ordinal, this.#column(ordinal));
  }

  given(name: string): number | bigint {
    const value = this.#given[name];
    assert(value !== undefined, "the caller gives what code asks for");
    return value;
  }

  #column(ordinal: number): FrameColumn {
    const found = this.#frame.columns[ordinal];
    assert(found !== undefined, "code names columns of the frame");
    return found;
  }
}
