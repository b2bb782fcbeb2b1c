import { typeOf, type Expression } from "@vonk/dataframe/internal";
import { blockPhysical, blockWidth } from "./block-form.ts";
import { emitAppend, type AppendColumn } from "./emit-append.ts";
import type { Frame, FrameShape } from "./frame.ts";
import type { StageRunner } from "./run-stage.ts";
import type { Block } from "./stage-plan.ts";

const blockRowsMin = 1024;
const blockRowsMax = 262_144;
const heapBytesMin = 64 * 1024;
const heapBytesMax = 4 * 2 ** 20;
const stateBytes = 24;

interface OpenBlock {
  rows: number;
  readonly capacity: number;
  readonly columns: readonly { readonly data: number; readonly validity: number }[];
}

/** Where blocks lie, which says how long they live. */
export interface BlockMemory {
  allocate(bytes: number): number;
}

/** Writes expressions of frames as blocks. */
export class BlockWriter {
  readonly #stage: StageRunner;
  readonly #outputs: readonly Expression[];
  readonly #memory: BlockMemory;
  readonly #name: string;
  readonly #state: number;
  readonly #blocks: OpenBlock[] = [];
  #heapBytes = heapBytesMin;

  constructor(stage: StageRunner, outputs: readonly Expression[], memory: BlockMemory, name = "blocks") {
    this.#stage = stage;
    this.#outputs = outputs;
    this.#memory = memory;
    this.#name = name;
    this.#state = stage.thread.taskMemory.allocate(stateBytes);
    stage.thread.views.bytes.fill(0, this.#state, this.#state + stateBytes);
  }

  /** Appends the positions of a frame. */
  add(frame: Frame): void {
    const { view } = this.#stage.thread.views;
    const ready = this.#stage.prepare(this.#name, this.#outputs, frame);
    const code = this.#stage.function(
      this.#name,
      ready,
      () => ["append", ready.expressions],
      (shape) => emitAppend(appendColumns(ready.expressions, shape), shape),
    );
    const block = this.#blockFor(frame.count);
    const given: Record<string, number> = { state: this.#state, first: block.rows };
    for (const [index, { data, validity }] of block.columns.entries()) {
      given[`to${index}`] = data;
      given[`valid${index}`] = validity;
    }
    view.setUint32(this.#state + 16, 0, true);
    for (let taken = -1; ;) {
      const position = code.call(ready.frame, given);
      if (position >= frame.count) break;
      this.#newHeap(position === taken);
      taken = position;
    }
    block.rows += frame.count;
  }

  /** The blocks, those that have rows. */
  finish(): Block[] {
    return this.#blocks.map(({ rows, columns }) => ({ rows, columns }));
  }

  /** A larger heap when the one before did not even hold one row. */
  #newHeap(wasTooSmall: boolean): void {
    this.#heapBytes = wasTooSmall ? this.#heapBytes * 2 : Math.min(heapBytesMax, this.#heapBytes * 2);
    const at = this.#memory.allocate(this.#heapBytes);
    const { view } = this.#stage.thread.views;
    view.setBigInt64(this.#state, BigInt(at), true);
    view.setBigInt64(this.#state + 8, BigInt(at + this.#heapBytes), true);
  }

  #blockFor(rows: number): OpenBlock {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.rows + rows <= last.capacity) return last;
    const capacity = Math.max(rows, Math.min(blockRowsMax, last === undefined ? blockRowsMin : last.capacity * 4));
    const { bytes } = this.#stage.thread.views;
    const columns = this.#outputs.map((output) => {
      const data = this.#memory.allocate(capacity * blockWidth(typeOf(output)));
      const validity = this.#memory.allocate((capacity >> 3) + 1);
      bytes.fill(0, validity, validity + (capacity >> 3) + 1);
      return { data, validity };
    });
    const block = { rows: 0, capacity, columns };
    this.#blocks.push(block);
    return block;
  }
}

function appendColumns(expressions: readonly Expression[], shape: FrameShape): AppendColumn[] {
  return expressions.map((expression) => ({
    expression,
    physical: blockPhysical(typeOf(expression)),
    // A column whose bytes stay can be referred to.
    copiesText:
      !(expression.kind === "boundReference" && shape.columns[expression.ordinal]?.isStable === true) &&
      typeOf(expression).kind === "string",
  }));
}
