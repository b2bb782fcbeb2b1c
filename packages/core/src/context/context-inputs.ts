import { computeSplits, expandPaths, type FileSystems, type FileStatus } from "@vonk/filesystem/internal";
import { coreErrors } from "../errors.ts";
import { checkPartitions } from "../partitioner/partitioner.ts";
import { EmptyRDD } from "../rdd/empty-rdd.ts";
import { FileRDD } from "../rdd/file-rdd.ts";
import { ParallelCollectionRDD } from "../rdd/parallel-collection-rdd.ts";
import { RangeRDD } from "../rdd/range-rdd.ts";
import type { RDD } from "../rdd/rdd.ts";
import { UnionRDD } from "../rdd/union-rdd.ts";
import type { SparkContext } from "./spark-context.ts";

/** The inputs of a SparkContext: everything that makes an RDD from nothing. None of them reads before an action. */
export abstract class ContextInputs {
  abstract readonly fileSystems: FileSystems;
  /** Partitions of inputs and shuffles that name none. */
  abstract get defaultParallelism(): number;

  /** Least partitions of file inputs that name none. */
  get defaultMinPartitions(): number {
    return Math.min(this.defaultParallelism, 2);
  }

  /** An RDD of the given records, in even slices. @throws INVALID_ARGUMENT */
  parallelize<T>(this: SparkContext, records: Iterable<T>, numSlices: number = this.defaultParallelism): RDD<T> {
    const list = Array.isArray(records) ? (records as readonly T[]) : [...records];
    return new ParallelCollectionRDD(this, list, checkPartitions(numSlices, "parallelize()"));
  }

  /** Spark's other name of {@link parallelize}. */
  makeRDD<T>(this: SparkContext, records: Iterable<T>, numSlices: number = this.defaultParallelism): RDD<T> {
    return this.parallelize(records, numSlices);
  }

  /** Numbers from `start` up to, not including, `end`; with one argument from 0. Made on the executors. @throws INVALID_ARGUMENT */
  range(this: SparkContext, start: number, end?: number, step = 1, numSlices: number = this.defaultParallelism): RDD<number> {
    const [from, to] = end === undefined ? [0, start] : [start, end];
    if (step === 0 || !Number.isFinite(step)) {
      throw coreErrors.create("INVALID_ARGUMENT", { call: "range()", name: "step", value: step, expected: "a finite number other than 0" });
    }
    const count = Math.max(0, Math.ceil((to - from) / step));
    return new RangeRDD(this, { start: from, step, count, numSlices: checkPartitions(numSlices, "range()") });
  }

  /** An RDD without partitions. */
  emptyRDD<T>(this: SparkContext): RDD<T> {
    return new EmptyRDD<T>(this);
  }

  /** The records of several RDDs, one RDD after the other. Repeats stay. */
  union<T>(this: SparkContext, ...rdds: readonly RDD<T>[]): RDD<T> {
    return new UnionRDD<T>(this, rdds);
  }

  /**
   * Lines of text files. `path` may be a file, a folder, a pattern (`*`, `?`, `[a-c]`, `{a,b}`) or a comma list of these;
   * files that end in `.gz` or `.zst` are decompressed.
   */
  textFile(this: SparkContext, path: string, minPartitions: number = this.defaultMinPartitions): RDD<string> {
    checkPartitions(minPartitions, "textFile()");
    const find = async () => computeSplits(await expandPaths(this.fileSystems, path), minPartitions).map((split) => [split]);
    return new FileRDD<string>(this, "textFile", "HadoopRDD", find, { format: "lines" });
  }

  /** `[path, text]` of each file. */
  wholeTextFiles(this: SparkContext, path: string, minPartitions: number = this.defaultMinPartitions): RDD<[string, string]> {
    return this.#whole(path, minPartitions, "wholeTextFiles", "WholeTextFileRDD", "wholeText") as RDD<[string, string]>;
  }

  /** `[path, bytes]` of each file. */
  binaryFiles(this: SparkContext, path: string, minPartitions: number = this.defaultMinPartitions): RDD<[string, Uint8Array]> {
    return this.#whole(path, minPartitions, "binaryFiles", "BinaryFileRDD", "wholeBytes") as RDD<[string, Uint8Array]>;
  }

  #whole(path: string, minPartitions: number, method: string, kindName: string, format: "wholeText" | "wholeBytes"): RDD<unknown> {
    checkPartitions(minPartitions, `${method}()`);
    const find = async () => packFiles(await expandPaths(this.fileSystems, path), minPartitions);
    return new FileRDD(this as unknown as SparkContext, method, kindName, find, { format });
  }

  /** Records of `recordLength` bytes each. @throws RECORD_TRUNCATED when a file ends within a record */
  binaryRecords(this: SparkContext, path: string, recordLength: number): RDD<Uint8Array> {
    if (!Number.isInteger(recordLength) || recordLength < 1) {
      const value = String(recordLength);
      throw coreErrors.create("INVALID_ARGUMENT", {
        call: "binaryRecords()",
        name: "recordLength",
        value,
        expected: "a whole number of at least 1",
      });
    }
    const find = async () =>
      computeSplits(await expandPaths(this.fileSystems, path), this.defaultMinPartitions, { alignBytes: recordLength }).map((split) => [
        split,
      ]);
    return new FileRDD<Uint8Array>(this, "binaryRecords", "HadoopRDD", find, { format: "records", recordBytes: recordLength });
  }

  /** Records that `saveAsObjectFile` wrote. */
  objectFile<T>(this: SparkContext, path: string): RDD<T> {
    const find = async () => (await expandPaths(this.fileSystems, path)).map((file) => [{ path: file.path, start: 0, bytes: file.bytes }]);
    return new FileRDD<T>(this, "objectFile", "ObjectFileRDD", find, { format: "blocks" });
  }
}

/** Whole files in about `minPartitions` partitions of similar size, in order. */
function packFiles(files: readonly FileStatus[], minPartitions: number): { path: string; start: number; bytes: number }[][] {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const goal = Math.max(1, Math.ceil(total / minPartitions));
  const packed: { path: string; start: number; bytes: number }[][] = [];
  let filled = goal;
  for (const file of files) {
    if (filled >= goal) {
      packed.push([]);
      filled = 0;
    }
    packed.at(-1)?.push({ path: file.path, start: 0, bytes: file.bytes });
    filled += Math.max(1, file.bytes);
  }
  return packed;
}
