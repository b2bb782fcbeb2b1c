import { travelAs } from "../closure/travel-symbols.ts";

/**
 * A value that tasks add to and the driver reads.
 *
 * Updates made in actions count exactly once, whatever is retried; updates made in transformations may count again when a
 * stage is computed again. A subclass keeps its state in ordinary (not `#private`) properties, since copies of it travel.
 * @see Spark's util/AccumulatorV2.scala
 */
export abstract class AccumulatorV2<IN, OUT> {
  /** Set when registered with a SparkContext, else -1. */
  id = -1;
  name: string | undefined = undefined;

  /** True when nothing was added. */
  abstract isZero(): boolean;
  /** An unregistered accumulator with the same contents. */
  abstract copy(): AccumulatorV2<IN, OUT>;
  /** Takes everything out. */
  abstract reset(): void;
  abstract add(value: IN): void;
  /** Adds everything of `other`, which is of the same class. */
  abstract merge(other: AccumulatorV2<IN, OUT>): void;
  /** Read on the driver; inside a task it is the task's own part. */
  abstract get value(): OUT;

  copyAndReset(): AccumulatorV2<IN, OUT> {
    const copy = this.copy();
    copy.reset();
    copy.id = -1;
    return copy;
  }

  get isRegistered(): boolean {
    return this.id >= 0;
  }

  static {
    travelAs(AccumulatorV2.prototype, (accumulator) =>
      accumulator.isRegistered ? { kind: "accumulator", data: { id: accumulator.id, zero: accumulator.copyAndReset() } } : undefined,
    );
  }
}

/** Sums numbers and counts them; for whole numbers and others alike. */
export class LongAccumulator extends AccumulatorV2<number, number> {
  sum = 0;
  count = 0;

  override isZero(): boolean {
    return this.sum === 0 && this.count === 0;
  }

  override copy(): LongAccumulator {
    const copy = new LongAccumulator();
    copy.sum = this.sum;
    copy.count = this.count;
    return copy;
  }

  override reset(): void {
    this.sum = 0;
    this.count = 0;
  }

  override add(value: number): void {
    this.sum += value;
    this.count++;
  }

  override merge(other: AccumulatorV2<number, number>): void {
    const added = other as LongAccumulator;
    this.sum += added.sum;
    this.count += added.count;
  }

  /** Mean of what was added; NaN when nothing was. */
  get avg(): number {
    return this.sum / this.count;
  }

  override get value(): number {
    return this.sum;
  }
}

/** Spark's name for a {@link LongAccumulator} of fractions; numbers are doubles in JavaScript either way. */
export class DoubleAccumulator extends LongAccumulator {
  override copy(): DoubleAccumulator {
    const copy = new DoubleAccumulator();
    copy.sum = this.sum;
    copy.count = this.count;
    return copy;
  }
}

/** Gathers values in a list, in no promised order. */
export class CollectionAccumulator<T> extends AccumulatorV2<T, readonly T[]> {
  items: T[] = [];

  override isZero(): boolean {
    return this.items.length === 0;
  }

  override copy(): CollectionAccumulator<T> {
    const copy = new CollectionAccumulator<T>();
    copy.items = [...this.items];
    return copy;
  }

  override reset(): void {
    this.items = [];
  }

  override add(value: T): void {
    this.items.push(value);
  }

  override merge(other: AccumulatorV2<T, readonly T[]>): void {
    for (const item of other.value) this.items.push(item);
  }

  override get value(): readonly T[] {
    return this.items;
  }
}
