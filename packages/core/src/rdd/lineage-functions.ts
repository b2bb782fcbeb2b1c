import { debugString } from "./debug-string.ts";
import type { RDD } from "./rdd.ts";

/** One partition of an RDD. */
export interface Partition {
  readonly index: number;
}

/** What an RDD tells about its lineage; see {@link RDD}. */
export class LineageFunctions<T> {
  declare protected readonly lineageFunctions?: T;

  /** The partitions in order. */
  async partitions(this: RDD<T>): Promise<readonly Partition[]> {
    const count = await this.getNumPartitions();
    return Array.from({ length: count }, (_, index) => ({ index }));
  }

  /** The lineage as text: a line an RDD with its number of partitions, a deeper level behind each shuffle, and what is stored. */
  toDebugString(this: RDD<T>): Promise<string> {
    return debugString(this);
  }

  /** Drops the output of the shuffles directly behind this RDD; it is made again when needed. */
  async cleanShuffleDependencies(this: RDD<T>): Promise<void> {
    await this.prepare();
    const seen = new Set<number>();
    const open: RDD<unknown>[] = [this];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next.id)) continue;
      seen.add(next.id);
      for (const dependency of next.prepared.dependencies) {
        if (dependency.kind === "narrow") open.push(dependency.rdd);
        else await this.context.removeShuffle(dependency.shuffleId);
      }
    }
  }
}
