import type { ColumnVector } from "@vonk/columnar/internal";
import type { Expression } from "@vonk/dataframe/internal";
import type { Frame } from "./frame.ts";
import type { ThreadPipeline } from "./thread-pipeline.ts";

/** Combinations of codes for which groups are remembered. */
const combinationsMax = 65_536;

/**
 * Where the groups of combinations of dictionary codes are, for the batch at hand: each is searched once a batch. Null has the code behind the last.
 */
export class CodedGroups {
  readonly #thread: ThreadPipeline;
  /** The columns whose codes the memory is of; none before the first batch, and when groupings have no codes. */
  #columns: readonly ColumnVector[] = [];
  #at = 0;
  #bytes = 0;

  constructor(thread: ThreadPipeline) {
    this.#thread = thread;
  }

  /** The columns of groupings when all have codes, and few combinations; undefined when they have to be searched by value. */
  open(groupings: readonly Expression[], frame: Frame): readonly number[] | undefined {
    const ordinals = groupings.flatMap((grouping) => (grouping.kind === "boundReference" ? [grouping.ordinal] : []));
    const columns = ordinals.flatMap((ordinal) => frame.columns[ordinal]?.vector ?? []);
    if (groupings.length === 0 || columns.length < groupings.length) return this.#close();
    const combinations = columns.reduce(
      (count, { dictionary }) => count * (dictionary === undefined ? Infinity : dictionary.values.length + 1),
      1,
    );
    if (combinations > combinationsMax) return this.#close();
    if (this.#columns.length === 0 || columns.some((column, index) => column !== this.#columns[index])) {
      this.#columns = columns;
      this.#bytes = 8 * combinations;
      this.#at = this.#thread.batchMemory.allocate(this.#bytes);
      this.forget();
    }
    return ordinals;
  }

  #close(): undefined {
    this.#columns = [];
    this.#bytes = 0;
  }

  /** Groups are elsewhere now. */
  forget(): void {
    if (this.#bytes > 0) this.#thread.views.bytes.fill(0, this.#at, this.#at + this.#bytes);
  }

  /** What code has to know. */
  get given(): Record<string, number | bigint> {
    const given: Record<string, number | bigint> = { codes: this.#at };
    for (const [index, { dictionary }] of this.#columns.entries()) {
      const count = BigInt(dictionary?.values.length ?? 0);
      given[`codeOfNull${index}`] = count;
      given[`codeCount${index}`] = count + 1n;
    }
    return given;
  }
}
