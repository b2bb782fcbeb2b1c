/** An estimate: with probability `confidence` the true value lies between `low` and `high`. Exact when `confidence` is 1. */
export interface BoundedDouble {
  readonly mean: number;
  readonly confidence: number;
  readonly low: number;
  readonly high: number;
}

/** A value that is known. */
export function exactly(value: number): BoundedDouble {
  return { mean: value, confidence: 1, low: value, high: value };
}
