/** A result that may get better: what was known when the time was over, and a promise of the rest. @see Spark's core/partial/PartialResult.scala */
export class PartialResult<R> {
  /** The estimate when the time was over, or the result when it was there before. */
  readonly initialValue: R;
  readonly isInitialValueFinal: boolean;
  readonly #final: Promise<R>;

  constructor(initialValue: R, final?: Promise<R>) {
    this.initialValue = initialValue;
    this.isInitialValueFinal = final === undefined;
    this.#final = final ?? Promise.resolve(initialValue);
    // A program that asks for the estimate alone must not end because the job fails later.
    this.#final.catch(() => undefined);
  }

  /** The result of all partitions. Rejected with the job's error when it fails. */
  getFinalValue(): Promise<R> {
    return this.#final;
  }

  /** Calls `handler` with the final value once it is there. */
  onComplete(handler: (value: R) => void): this {
    this.#final.then(handler, () => undefined);
    return this;
  }

  /** Calls `handler` with the error when the job fails. */
  onFail(handler: (error: Error) => void): this {
    this.#final.catch((error: unknown) => handler(error as Error));
    return this;
  }

  /** Both values through a function. */
  map<S>(transform: (value: R) => S): PartialResult<S> {
    return new PartialResult(transform(this.initialValue), this.isInitialValueFinal ? undefined : this.#final.then(transform));
  }
}
