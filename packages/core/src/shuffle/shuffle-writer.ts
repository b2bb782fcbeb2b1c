import { KeyIndex } from "@vonk/columnar/internal";
import { coreErrors } from "../errors.ts";
import type { Batch, FunctionResolver } from "../compute/computation.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { BytesHandle, MapStatus, ReducerOutput } from "../message/task-result.ts";
import { type PartitionFunction, partitionFunction } from "../partitioner/partition-function.ts";
import type { ShuffleWritePlan } from "../plan/stage-plan.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";
import type { ByteArena } from "../storage/byte-arena.ts";

/** Records buffered by all reducers together before the fullest are encoded. */
const bufferedRecordsMax = 65_536;
/** Records of one reducer that make a chunk. */
const chunkRecordsMax = 16_384;
/** Distinct keys that a combining writer holds before it looks at the heap. */
const heapCheckRecords = 8192;

interface ReducerChunks {
  readonly chunks: BytesHandle[];
  bytes: number;
  records: number;
}

type Pair = readonly [unknown, unknown];

/** Gathers one map task's output by reducer in encoded chunks. */
class ChunkWriter {
  readonly #task: TaskRuntime;
  readonly #arena: ByteArena;
  readonly #outputs: (ReducerChunks | undefined)[];
  readonly #buffers: Batch[];
  #buffered = 0;

  constructor(task: TaskRuntime, arena: ByteArena, numReducers: number) {
    this.#task = task;
    this.#arena = arena;
    this.#outputs = Array.from({ length: numReducers });
    this.#buffers = Array.from({ length: numReducers }, () => []);
  }

  add(reducer: number, record: unknown): void {
    const buffer = this.#buffers[reducer];
    if (buffer === undefined) throw badPartition(reducer, this.#buffers.length);
    buffer.push(record);
    if (++this.#buffered < bufferedRecordsMax && buffer.length < chunkRecordsMax) return;
    if (buffer.length >= chunkRecordsMax) this.#flush(reducer);
    else this.flushAll();
  }

  flushAll(): void {
    for (let reducer = 0; reducer < this.#buffers.length; reducer++) this.#flush(reducer);
  }

  #flush(reducer: number): void {
    const records = this.#buffers[reducer];
    if (records === undefined || records.length === 0) return;
    const { metrics } = this.#task.context;
    const handle = this.#arena.write((allocate) => this.#task.executor.codec.encode(records, allocate));
    if (handle === undefined) throw coreErrors.create("SHUFFLE_BLOCK_MISSING", { mapPartition: 0, shuffleId: 0, reason: "no room to write it" });
    const output = (this.#outputs[reducer] ??= { chunks: [], bytes: 0, records: 0 });
    const bytes = handle.kind === "inline" ? handle.bytes.byteLength : handle.length;
    output.chunks.push(handle);
    output.bytes += bytes;
    output.records += records.length;
    metrics.shuffleWriteBytes += bytes;
    metrics.shuffleWriteRecords += records.length;
    if (handle.kind === "file") metrics.diskBytesSpilled += bytes;
    this.#buffered -= records.length;
    this.#buffers[reducer] = [];
    this.#task.checkpoint();
  }

  finish(): ReducerOutput[] {
    this.flushAll();
    return this.#outputs.flatMap((output, reducer) => (output === undefined ? [] : [{ reducer, ...output }]));
  }
}

/**
 * Writes a map task's records for the reducers of a shuffle.
 *
 * With an aggregator, values are combined by key first. When the heap runs short the combiners so far are written out and
 * combining starts anew: reducers merge combiners anyway, so nothing has to be read back here.
 */
export function writeShuffle(
  batches: Iterable<Batch>,
  plan: ShuffleWritePlan,
  functions: FunctionResolver,
  task: TaskRuntime,
  arena: ByteArena,
  identity: TaskIdentity,
): MapStatus {
  const writer = new ChunkWriter(task, arena, plan.partitioner.numPartitions);
  const partition = partitionFunction(plan.partitioner, functions);
  if (plan.aggregator === undefined) writePlain(batches, writer, partition, plan.partitioner.kind === "identity", task);
  else writeCombined(batches, writer, partition, plan.aggregator, functions, task);
  return {
    shuffleId: plan.shuffleId,
    mapPartition: identity.partition,
    executorId: identity.executorId,
    host: identity.host,
    taskId: identity.taskId,
    outputs: writer.finish(),
  };
}

function writePlain(batches: Iterable<Batch>, writer: ChunkWriter, partition: PartitionFunction, unwrap: boolean, task: TaskRuntime): void {
  for (const batch of batches) {
    for (const record of batch) {
      const pair = record as Pair;
      // Under the identity partitioner the key only says where the value goes.
      writer.add(partition(pair[0]), unwrap ? pair[1] : record);
    }
    task.checkpoint();
  }
}

function writeCombined(
  batches: Iterable<Batch>,
  writer: ChunkWriter,
  partition: PartitionFunction,
  aggregator: NonNullable<ShuffleWritePlan["aggregator"]>,
  functions: FunctionResolver,
  task: TaskRuntime,
): void {
  const createCombiner = functions.resolve<(value: unknown) => unknown>(aggregator.createCombiner);
  const mergeValue = functions.resolve<(combiner: unknown, value: unknown) => unknown>(aggregator.mergeValue);
  let index = new KeyIndex();
  let combiners: unknown[] = [];
  const emit = (): void => {
    for (let slot = 0; slot < combiners.length; slot++) {
      const key = index.keyAt(slot);
      writer.add(partition(key), [key, combiners[slot]]);
    }
    writer.flushAll();
    index = new KeyIndex();
    combiners = [];
  };
  let sinceCheck = 0;
  for (const batch of batches) {
    combineBatch(batch, index, combiners, createCombiner, mergeValue);
    task.checkpoint();
    sinceCheck += batch.length;
    if (sinceCheck < heapCheckRecords) continue;
    sinceCheck = 0;
    if (combiners.length > heapCheckRecords && task.executor.heap.shouldSpill) {
      task.context.metrics.memoryBytesSpilled += task.executor.heap.usedBytes;
      emit();
    }
  }
  emit();
}

function combineBatch(
  batch: Batch,
  index: KeyIndex,
  combiners: unknown[],
  createCombiner: (value: unknown) => unknown,
  mergeValue: (combiner: unknown, value: unknown) => unknown,
): void {
  for (let at = 0; at < batch.length; at++) {
    const pair = batch[at] as Pair;
    const slot = index.slot(pair[0]);
    if (slot === combiners.length) combiners.push(createCombiner(pair[1]));
    else combiners[slot] = mergeValue(combiners[slot], pair[1]);
  }
}

function badPartition(reducer: unknown, count: number): Error {
  return coreErrors.create("INVALID_ARGUMENT", {
    call: "partitioner.getPartition",
    name: "its result",
    value: String(reducer),
    expected: `a whole number from 0 to ${count - 1}`,
  });
}
