/**
 * Count, mean, variance, least and greatest of numbers, in one pass and without loss of precision for large means.
 * Counters of parts merge into the counter of the whole.
 * @see Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979)
 */
export class StatCounter {
  #count = 0;
  #mean = 0;
  /** Sum of squared differences from the mean. */
  #m2 = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(values: Iterable<number> = []) {
    for (const value of values) this.merge(value);
  }

  /** A counter from what a partition's pass found. */
  static of(count: number, mean: number, m2: number, min: number, max: number): StatCounter {
    const made = new StatCounter();
    made.#count = count;
    made.#mean = mean;
    made.#m2 = m2;
    made.#min = min;
    made.#max = max;
    return made;
  }

  /** Adds one number, or all that another counter has seen. */
  merge(other: number | StatCounter): this {
    if (typeof other !== "number") return this.#mergeCounter(other);
    const delta = other - this.#mean;
    this.#count++;
    this.#mean += delta / this.#count;
    this.#m2 += delta * (other - this.#mean);
    this.#min = Math.min(this.#min, other);
    this.#max = Math.max(this.#max, other);
    return this;
  }

  #mergeCounter(other: StatCounter): this {
    if (other.#count === 0) return this;
    const count = this.#count + other.#count;
    const delta = other.#mean - this.#mean;
    // Weighting both means keeps the precision when one side is much larger.
    const mean = (this.#mean * this.#count + other.#mean * other.#count) / count;
    this.#m2 += other.#m2 + (delta * delta * this.#count * other.#count) / count;
    this.#mean = this.#count === 0 ? other.#mean : mean;
    this.#count = count;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
    return this;
  }

  copy(): StatCounter {
    return StatCounter.of(this.#count, this.#mean, this.#m2, this.#min, this.#max);
  }

  get count(): number {
    return this.#count;
  }

  /** 0 without numbers, as in Spark. */
  get mean(): number {
    return this.#mean;
  }

  get sum(): number {
    return this.#count * this.#mean;
  }

  /** Infinity without numbers. */
  get min(): number {
    return this.#min;
  }

  /** -Infinity without numbers. */
  get max(): number {
    return this.#max;
  }

  /** {@link popVariance}. */
  get variance(): number {
    return this.popVariance;
  }

  /** Divides by the count; NaN without numbers. */
  get popVariance(): number {
    return this.#count === 0 ? NaN : this.#m2 / this.#count;
  }

  /** Divides by the count less one; NaN with fewer than two numbers. */
  get sampleVariance(): number {
    return this.#count <= 1 ? NaN : this.#m2 / (this.#count - 1);
  }

  /** {@link popStdev}. */
  get stdev(): number {
    return this.popStdev;
  }

  get popStdev(): number {
    return Math.sqrt(this.popVariance);
  }

  get sampleStdev(): number {
    return Math.sqrt(this.sampleVariance);
  }

  toString(): string {
    return `(count: ${this.count}, mean: ${this.mean}, stdev: ${this.stdev}, max: ${this.max}, min: ${this.min})`;
  }
}
