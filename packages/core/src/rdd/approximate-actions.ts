import type { ActionOptions } from "../context/job-client.ts";
import { countEvaluator, groupedCountEvaluator, meanEvaluator, type Statistics, sumEvaluator } from "../partial/approximate-evaluator.ts";
import type { BoundedDouble } from "../partial/bounded-double.ts";
import type { PartialResult } from "../partial/partial-result.ts";
import { invalid } from "./check-argument.ts";
import type { RDD } from "./rdd.ts";

/**
 * Actions that give an estimate when their time is over; see {@link RDD}. The job goes on, and brings the exact result.
 * Partitions are taken to be alike: an estimate is as good as that.
 */
export class ApproximateActions<T> {
  declare protected readonly approximateActions?: T;

  /** {@link count} within `timeoutMs`. */
  countApprox(this: RDD<T>, timeoutMs: number, confidence = 0.95, options?: ActionOptions): Promise<PartialResult<BoundedDouble>> {
    checkConfidence(confidence, "countApprox()");
    return this.context.runApproximately(this, "countApprox", { builtin: "count" }, countEvaluator(confidence), timeoutMs, options);
  }

  /** {@link countByValue} within `timeoutMs`; values that were not met by then are absent. */
  countByValueApprox(
    this: RDD<T>,
    timeoutMs: number,
    confidence = 0.95,
    options?: ActionOptions,
  ): Promise<PartialResult<Map<T, BoundedDouble>>> {
    checkConfidence(confidence, "countByValueApprox()");
    const evaluator = groupedCountEvaluator<T>(confidence);
    return this.context.runApproximately(this, "countByValueApprox", { builtin: "countByValue" }, evaluator, timeoutMs, options);
  }

  /** {@link countByKey} within `timeoutMs`; keys that were not met by then are absent. */
  countByKeyApprox<K, V>(
    this: RDD<readonly [K, V]>,
    timeoutMs: number,
    confidence = 0.95,
    options?: ActionOptions,
  ): Promise<PartialResult<Map<K, BoundedDouble>>> {
    checkConfidence(confidence, "countByKeyApprox()");
    const evaluator = groupedCountEvaluator<K>(confidence);
    return this.context.runApproximately(this, "countByKeyApprox", { builtin: "countByKey" }, evaluator, timeoutMs, options);
  }

  /** {@link sum} within `timeoutMs`. */
  sumApprox(this: RDD<number>, timeoutMs: number, confidence = 0.95, options?: ActionOptions): Promise<PartialResult<BoundedDouble>> {
    checkConfidence(confidence, "sumApprox()");
    return this.context.runApproximately<Statistics, BoundedDouble>(
      this,
      "sumApprox",
      { builtin: "stats" },
      sumEvaluator(confidence),
      timeoutMs,
      options,
    );
  }

  /** {@link mean} within `timeoutMs`. */
  meanApprox(this: RDD<number>, timeoutMs: number, confidence = 0.95, options?: ActionOptions): Promise<PartialResult<BoundedDouble>> {
    checkConfidence(confidence, "meanApprox()");
    return this.context.runApproximately<Statistics, BoundedDouble>(
      this,
      "meanApprox",
      { builtin: "stats" },
      meanEvaluator(confidence),
      timeoutMs,
      options,
    );
  }
}

function checkConfidence(confidence: number, call: string): void {
  if (!(confidence >= 0 && confidence <= 1)) throw invalid(call, "confidence", String(confidence), "a number from 0 to 1");
}
