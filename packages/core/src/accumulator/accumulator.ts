import { TaskContext, type TaskAccumulator } from "../executor/task-context.ts";
import type { AccumulatorUpdate } from "../message/task-result.ts";

/**
 * A value that tasks add to and the driver reads.
 *
 * Updates made in actions count exactly once, whatever is retried; updates made in transformations may count again when a
 * stage is computed again. Subclasses say how to add and merge; their `delta` is plain data or an object of the subclass.
 * @see Spark's util/AccumulatorV2.scala
 */
export abstract class AccumulatorV2<IN, OUT> {
  /** True when nothing was added. */
  abstract isZero(): boolean;
  /** An accumulator of the same kind with nothing in it. */
  abstract copyAndReset(): AccumulatorV2<IN, OUT>;
  abstract add(value: IN): void;
  /** Adds everything of `other`, which is of the same kind. */
  abstract merge(other: AccumulatorV2<IN, OUT>): void;
  abstract get value(): OUT;
  #id = -1;
  #name: string | undefined;

  get id(): number {
    return this.#id;
  }

  get name(): string | undefined {
    return this.#name;
  }

  get isRegistered(): boolean {
    return this.#id >= 0;
  }

  /** For SparkContext.register. */
  assignId(id: number, name: string | undefined): void {
    this.#id = id;
    this.#name = name;
  }
}

/** Sums whole numbers or any numbers. */
export class LongAccumulator extends AccumulatorV2<number, number> {
  #sum = 0;
  #count = 0;

  override isZero(): boolean {
    return this.#sum === 0 && this.#count === 0;
  }

  override copyAndReset(): LongAccumulator {
    return new LongAccumulator();
  }

  override add(value: number): void {
    this.#sum += value;
    this.#count++;
  }

  override merge(other: AccumulatorV2<number, number>): void {
    const added = other as LongAccumulator;
    this.#sum += added.sum;
    this.#count += added.count;
  }

  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#count;
  }

  get avg(): number {
    return this.#sum / this.#count;
  }

  override get value(): number {
    return this.#sum;
  }
}

/** Revivers by kind for what {@link AccumulatorV2} sends in closures. */
export const AccumulatorRevivers: Readonly<Record<string, (data: unknown) => unknown>> = {};

/** A task's part of an accumulator. */
export function taskAccumulator(id: number, create: () => TaskAccumulator): TaskAccumulator | undefined {
  return TaskContext.get()?.accumulator(id, create);
}

export type { AccumulatorUpdate };
