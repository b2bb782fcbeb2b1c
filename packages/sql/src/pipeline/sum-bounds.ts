import type { Expression } from "@vonk/dataframe/internal";
import { address, i64, ModuleWriter } from "@vonk/wasm";
import type { Frame } from "./frame.ts";
import type { Accumulator } from "./stage-plan.ts";
import { rangeOf } from "./value-range.ts";

/**
 * Which sums of a task's groups are proved to fit into 64 bits: bounds of the values times rows. Code for them adds one word and leaves the other, which is
 * made from it when the proof ends or the groups are read.
 */
export class SumBounds {
  /** How far from 0 a group's sum can be; undefined when it may need 128 bits. */
  readonly #most: (bigint | undefined)[];
  /** The batch of the bounds below. */
  #batch: unknown;
  #values: readonly (bigint | undefined)[] = [];

  constructor(accumulators: readonly Accumulator[]) {
    this.#most = accumulators.map(({ kind, dataType }) => (kind === "sum" && dataType.kind !== "double" ? 0n : undefined));
  }

  /**
   * Takes a frame's rows into account. Gives the sums that have ceased to fit by it.
   * @param expressions what accumulators add up over the frame's columns; undefined for those without an argument
   * @param isBatch whether the bounds hold for other frames of the same batch
   */
  add(frame: Frame, expressions: readonly (Expression | undefined)[], isBatch: boolean): number[] {
    const batch = frame.columns[0]?.vector;
    if (!isBatch || batch === undefined || batch !== this.#batch) {
      this.#values = expressions.map((expression, index) => (this.isNarrow(index) ? farthest(expression, frame) : undefined));
      this.#batch = isBatch ? batch : undefined;
    }
    const ceased: number[] = [];
    for (const [index, before] of this.#most.entries()) {
      if (before === undefined) continue;
      const value = this.#values[index];
      const after = value === undefined ? undefined : before + value * BigInt(frame.count);
      this.#most[index] = after === undefined || after >= 2n ** 63n ? undefined : after;
      if (this.#most[index] === undefined) ceased.push(index);
    }
    return ceased;
  }

  /** Whether a sum is within 64 bits. */
  isNarrow(index: number): boolean {
    return this.#most[index] !== undefined;
  }
}

function farthest(expression: Expression | undefined, frame: Frame): bigint | undefined {
  if (expression === undefined) return undefined;
  const range = rangeOf(expression, { range: (ordinal) => frame.columns[ordinal]?.range(), fits: () => true });
  if (range === undefined) return undefined;
  return -range.min > range.max ? -range.min : range.max;
}

/** A module with `widen(sums, groups, stride)`: fills the upper word of sums whose lower one holds all of it. */
export function emitWiden(): Uint8Array {
  const module = new ModuleWriter();
  module.importMemory("env", "memory", { initial: 1, maximum: 65_536, shared: true });
  const params = { sums: "address", groups: "i32", stride: "i32" } as const;
  const widen = module.function("widen", { params, results: [] }, (f, { sums, groups, stride }) => {
    const group = f.local("i32", "group");
    const at = f.let(sums);
    f.for(group, 0, groups, () => {
      f.store(at, i64.shr_s(i64.load(at), 63), 8);
      f.set(at, address.add(at, address.of(stride)));
    });
  });
  module.exportFunction(widen);
  return module.toBytes();
}
