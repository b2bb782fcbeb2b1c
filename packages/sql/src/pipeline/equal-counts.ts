import type { Expression } from "@vonk/dataframe/internal";
import { address, i64, ModuleWriter } from "@vonk/wasm";
import type { Frame } from "./frame.ts";
import type { Accumulator } from "./stage-plan.ts";

/**
 * Which counts of a task's groups are one and the same, because no column that they count has had a null: `count(*)` and those of averages (TPC-H Q1 has
 * four). Code counts for the first, the others are copied from it when they part or the groups are read.
 */
export class EqualCounts {
  readonly #counts: readonly number[];
  #first: number | undefined;
  #others: readonly number[] = [];
  /** What was looked at last. */
  #columns: Frame["columns"] | undefined;

  constructor(accumulators: readonly Accumulator[]) {
    this.#counts = accumulators.flatMap(({ kind }, index) => (kind === "count" ? [index] : []));
  }

  /** The count that the others are equal to. */
  get first(): number {
    return this.#first ?? -1;
  }

  /** The counts that are not kept. */
  get others(): readonly number[] {
    return this.#others;
  }

  /**
   * Takes a frame into account. Gives the counts that part with the first one by it.
   * @param given what each accumulator takes of the frame's columns; undefined for those without an argument
   */
  add({ columns }: Frame, given: readonly (Expression | undefined)[]): readonly number[] {
    if (this.#counts.length < 2 || this.#columns === columns) return [];
    this.#columns = columns;
    const all = this.#counts.filter((index) => countsAll(given[index], columns));
    if (this.#first === undefined) {
      [this.#first = -1, ...this.#others] = all;
      return [];
    }
    if ([this.#first, ...this.#others].every((index) => all.includes(index))) return [];
    const parted = this.#others;
    this.#others = [];
    return parted;
  }
}

function countsAll(given: Expression | undefined, columns: Frame["columns"]): boolean {
  if (given === undefined) return true;
  return given.kind === "boundReference" && columns[given.ordinal]?.vector.validity === 0;
}

/** A module with `copy(from, to, groups, stride)`: a count of each group from another. */
export function emitCopyCounts(): Uint8Array {
  const module = new ModuleWriter();
  module.importMemory("env", "memory", { initial: 1, maximum: 65_536, shared: true });
  const params = { from: "address", to: "address", groups: "i32", stride: "i32" } as const;
  const copy = module.function("copy", { params, results: [] }, (f, { from, to, groups, stride }) => {
    const group = f.local("i32", "group");
    const source = f.let(from);
    const target = f.let(to);
    f.for(group, 0, groups, () => {
      f.store(target, i64.load(source));
      f.set(source, address.add(source, address.of(stride)));
      f.set(target, address.add(target, address.of(stride)));
    });
  });
  module.exportFunction(copy);
  return module.toBytes();
}
