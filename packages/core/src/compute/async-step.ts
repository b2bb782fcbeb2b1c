import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { FunctionRef, PlanNode } from "../plan/stage-plan.ts";
import { spillArena } from "../shuffle/external-combiner.ts";
import type { BytesHandle } from "../message/task-result.ts";
import { readBytes } from "../storage/read-bytes.ts";
import { asyncIterableOf } from "./iterable-result.ts";
import { checkPairs } from "./pair-record.ts";
import type { Batch, BatchIterator, Computation, ComputationInput, FunctionResolver } from "./computation.ts";

/** Arguments of a plan node of kind `asyncRecords`: a record step whose function is async. */
export interface AsyncStepArgs {
  readonly op: "map" | "filter" | "filterMap" | "flatMap" | "mapValues" | "flatMapValues" | "keyBy";
  readonly func: FunctionRef;
}

/**
 * A record step with an async function.
 *
 * Task code is synchronous, so the step runs before the rest of the task: calls go out side by side, at most
 * `vonk.task.asyncConcurrency`, and their results are kept in order in a buffer that goes to disk when the heap runs short.
 */
export class AsyncStepComputation implements Computation {
  readonly #args: AsyncStepArgs;
  readonly #parent: Computation;
  readonly #key: string;
  readonly #func: (value: unknown) => unknown;

  constructor(node: PlanNode, parents: readonly Computation[], functions: FunctionResolver) {
    this.#args = node.args as AsyncStepArgs;
    this.#parent = parents[0] as Computation;
    this.#key = `rdd ${node.rddId}`;
    this.#func = functions.resolve<(value: unknown) => unknown>(this.#args.func);
  }

  get #byValue(): boolean {
    return this.#args.op === "mapValues" || this.#args.op === "flatMapValues";
  }

  inputs(partition: number): readonly ComputationInput[] {
    return [{ computation: this.#parent, partition }];
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    yield* task.prepared.get(`${this.#key} ${partition}`) as Iterable<Batch>;
  }

  async prepareAsync(partition: number, task: TaskRuntime): Promise<void> {
    const output = new SpillableBatches(task);
    for (const batch of this.#parent.compute(partition, task)) {
      task.checkpoint();
      if (this.#byValue) checkPairs(batch, `${this.#args.op}()`);
      const results = await mapBounded(batch, (record) => this.#apply(record), task.executor.settings.asyncConcurrency);
      output.add(this.#join(batch, results));
    }
    task.prepared.set(`${this.#key} ${partition}`, output);
  }

  async #apply(record: unknown): Promise<unknown> {
    const result = await this.#func(this.#byValue ? (record as readonly unknown[])[1] : record);
    if (!this.#args.op.startsWith("flatMap")) return result;
    const items: unknown[] = [];
    for await (const item of asyncIterableOf(result, `${this.#args.op}()`)) items.push(item);
    return items;
  }

  #join(batch: Batch, results: readonly unknown[]): Batch {
    const keyOf = (at: number): unknown => (batch[at] as readonly unknown[])[0];
    switch (this.#args.op) {
      case "map":
        return [...results];
      case "filter":
        return batch.filter((_, at) => results[at]);
      case "filterMap":
        return results.filter((result) => result !== undefined);
      case "keyBy":
        return batch.map((record, at) => [results[at], record]);
      case "mapValues":
        return results.map((result, at) => [keyOf(at), result]);
      case "flatMap":
        return (results as unknown[][]).flat();
      case "flatMapValues":
        return (results as unknown[][]).flatMap((items, at) => items.map((item) => [keyOf(at), item]));
    }
  }
}

/** Results of `apply` in the order of `items`, with at most `limit` calls in flight; the first failure ends it. */
async function mapBounded(items: readonly unknown[], apply: (item: unknown) => Promise<unknown>, limit: number): Promise<unknown[]> {
  const results: unknown[] = Array.from({ length: items.length });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await apply(items[at]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/** The items of a sync or async iterable as batches. */
export async function collectAsync(items: AsyncIterable<unknown> | Iterable<unknown>, task: TaskRuntime): Promise<Iterable<Batch>> {
  const output = new SpillableBatches(task);
  let batch: Batch = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < task.executor.settings.batchRecords) continue;
    task.checkpoint();
    output.add(batch);
    batch = [];
  }
  output.add(batch);
  return output;
}

/** Batches in order, in the heap while it is roomy and in a file afterwards. */
class SpillableBatches implements Iterable<Batch> {
  readonly #task: TaskRuntime;
  readonly #parts: (Batch | BytesHandle)[] = [];
  #arena: ReturnType<typeof spillArena> | undefined;

  constructor(task: TaskRuntime) {
    this.#task = task;
  }

  add(batch: Batch): void {
    if (batch.length === 0) return;
    if (!this.#task.executor.heap.shouldSpill) {
      this.#parts.push(batch);
      return;
    }
    this.#arena ??= spillArena(this.#task, "async");
    const handle = this.#arena.write((allocate) => this.#task.executor.codec.encode(batch, allocate));
    this.#parts.push(handle ?? batch);
  }

  *[Symbol.iterator](): BatchIterator {
    const { codec, allocator } = this.#task.executor;
    for (const part of this.#parts) yield Array.isArray(part) ? part : codec.open(readBytes(part, allocator)).decode();
  }
}
