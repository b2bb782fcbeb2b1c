import type { FileSplit } from "@vonk/filesystem/internal";
import type { SparkContext } from "../context/spark-context.ts";
import type { FilesArgs } from "../compute/files.ts";
import { type PreparedRDD, RDD } from "./rdd.ts";

/** How {@link FileRDD} finds its splits; runs at the first action. */
export type SplitFinder = () => Promise<readonly (readonly FileSplit[])[]>;

/** Records of files: lines, whole files, fixed-length records or object files. */
export class FileRDD<T> extends RDD<T> {
  override readonly kindName: string;
  readonly #find: SplitFinder;
  readonly #args: Omit<FilesArgs, "splits">;

  constructor(context: SparkContext, method: string, kindName: string, find: SplitFinder, args: Omit<FilesArgs, "splits">) {
    super(context, method, []);
    this.kindName = kindName;
    this.#find = find;
    this.#args = args;
  }

  protected override async resolve(): Promise<PreparedRDD> {
    const splits = await this.#find();
    const args: FilesArgs = { ...this.#args, splits };
    return { numPartitions: splits.length, dependencies: [], node: { kind: "files", parents: [], args: () => args } };
  }
}
