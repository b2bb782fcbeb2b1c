import type { RDD } from "./rdd.ts";
import type { ActionOptions } from "../context/job-client.ts";
import { coreErrors } from "../errors.ts";
import { isAsync } from "./transformations.ts";

/** Actions of any RDD; see {@link RDD}. Each runs a job and gives a promise. */
export class Actions<T> {
  /** All records, in the order of partitions. They must fit the driver's memory. @throws RESULT_TOO_LARGE */
  async collect(this: RDD<T>, options?: ActionOptions): Promise<T[]> {
    const parts = await this.context.runBuiltin<T[]>(this, "collect", "collect", undefined, options);
    return concat(parts);
  }

  /** How many records there are. */
  async count(this: RDD<T>, options?: ActionOptions): Promise<number> {
    const counts = await this.context.runBuiltin<number>(this, "count", "count", undefined, options);
    return counts.reduce((sum, each) => sum + each, 0);
  }

  /** Combines all records; `func` is associative and commutative. @throws EMPTY_COLLECTION */
  async reduce(this: RDD<T>, func: (a: T, b: T) => T, options?: ActionOptions): Promise<T> {
    const args = { func: { user: func, call: "rdd.reduce()" } };
    const parts = await this.context.runBuiltin<readonly [boolean, T]>(this, "reduce", "reduce", args, options);
    const values = parts.flatMap(([has, value]) => (has ? [value] : []));
    if (values.length === 0) throw coreErrors.create("EMPTY_COLLECTION", { call: "reduce()" });
    return values.reduce(func);
  }

  /** Calls `func` for each record on the executors; nothing comes back. */
  async foreach(this: RDD<T>, func: (record: T) => unknown, options?: ActionOptions): Promise<void> {
    await this.context.runBuiltin(this, "foreach", "foreach", { func: { user: func, call: "rdd.foreach()" }, isAsync: isAsync(func) }, options);
  }
}

/** Arrays joined end to end. */
export function concat<T>(parts: readonly T[][]): T[] {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const all: T[] = [];
  for (const part of parts) for (const record of part) all.push(record);
  return all;
}
