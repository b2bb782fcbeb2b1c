import type { SparkContext } from "../context/spark-context.ts";
import { sliceStart } from "../compute/sources.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** The records of a local array, in even slices. The records are encoded when the first action needs them. */
export class ParallelCollectionRDD<T> extends RDD<T> {
  override readonly kindName = "ParallelCollectionRDD";
  readonly #records: readonly T[];
  readonly #numSlices: number;

  constructor(context: SparkContext, records: readonly T[], numSlices: number) {
    super(context, "parallelize", []);
    this.#records = records;
    this.#numSlices = numSlices;
  }

  protected override resolve(): PreparedRDD {
    const count = this.#records.length;
    const slices = Array.from({ length: this.#numSlices }, (_, index) => {
      const part = this.#records.slice(sliceStart(count, this.#numSlices, index), sliceStart(count, this.#numSlices, index + 1));
      return this.context.codec.encode(part, (bytes) => new Uint8Array(new SharedArrayBuffer(bytes)));
    });
    return { numPartitions: this.#numSlices, dependencies: [], node: { kind: "parallel", parents: [], args: () => ({ slices }) } };
  }
}
