import { physicalBytes } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { CodeContext, SlotSource } from "./code-context.ts";
import type { Frame } from "./frame.ts";
import type { StageValues } from "./stage-values.ts";
import { exported, type Run, type ThreadCode, type ThreadPipeline } from "./thread-pipeline.ts";

/** Generated code in one thread, called frame by frame. Its context is filled before each call. */
export class CompiledFunction {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly #run: Run;
  readonly #context: CodeContext;
  readonly #at: number;
  readonly #view: DataView;

  constructor(thread: ThreadPipeline, code: ThreadCode, at: number) {
    this.exports = code.exports;
    this.#run = exported(this.exports, "run");
    this.#context = code.context;
    this.#view = thread.views.view;
    this.#at = at;
  }

  /** Runs over a frame with what the caller gives by name. */
  call(frame: Frame, values: StageValues, given: Readonly<Record<string, number | bigint>>): number {
    this.#context.fill(this.#view, this.#at, slotSource(frame, values, given));
    return this.#run(this.#at, frame.count);
  }
}

function slotSource(frame: Frame, values: StageValues, given: Readonly<Record<string, number | bigint>>): SlotSource {
  const column = (ordinal: number): Frame["columns"][number] => {
    const found = frame.columns[ordinal];
    assert(found !== undefined, "code names columns of the frame");
    return found;
  };
  return {
    data: (ordinal) => {
      const { vector, offset } = column(ordinal);
      return vector.data + offset * (vector.dictionary?.width ?? physicalBytes[vector.physical]);
    },
    validity: (ordinal) => column(ordinal).vector.validity + column(ordinal).offset / 8,
    dictionary: (ordinal) => column(ordinal).vector.dictionary?.values.data ?? 0,
    rows: (source) => frame.rows[source] ?? 0,
    text: (text) => values.text(text),
    mask: (expression, ordinal) => values.mask(expression, ordinal, column(ordinal)),
    given: (name) => {
      const value = given[name];
      assert(value !== undefined, `the caller gives ${name}`);
      return value;
    },
  };
}
