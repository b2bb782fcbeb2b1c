import { BatchRecord, KeyIndex } from "@vonk/columnar/internal";
import { assert, systemClock } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";
import type { Batch, Computation, FunctionResolver } from "../compute/computation.ts";
import { FusedRecordSteps, type InlineSink } from "../compute/record-step.ts";
import { notAPair, type Pair, pairCheck } from "../compute/pair-record.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";
import type { BytesHandle, MapStatus, ReducerOutput } from "../message/task-result.ts";
import { type PartitionFunction, partitionFunction } from "../partitioner/partition-function.ts";
import type { AggregatorPlan, ShuffleWritePlan } from "../plan/stage-plan.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";
import { describeOutput, type WrittenChunk } from "./stored-output.ts";
import type { ByteArena } from "../storage/byte-arena.ts";

/** Records buffered by all reducers together before the fullest are encoded. */
const bufferedRecordsMax = 65_536;
/** Records of one reducer that make a chunk. */
const chunkRecordsMax = 16_384;
/** Distinct keys below which a combining writer does not write early. */
const spillKeysMin = 8192;
/** How errors name what met the record. */
const call = "A shuffle by key";

interface ReducerChunks {
  readonly chunks: BytesHandle[];
  bytes: number;
  records: number;
}

/** Gathers one map task's output by reducer in encoded chunks. */
class ChunkWriter {
  readonly #task: TaskRuntime;
  readonly #arena: ByteArena;
  readonly #outputs: (ReducerChunks | undefined)[];
  readonly #buffers: Batch[];
  /** Chunks in the order of writing, for other processes. */
  readonly #written: WrittenChunk[] | undefined;
  #buffered = 0;

  constructor(task: TaskRuntime, arena: ByteArena, numReducers: number) {
    this.#task = task;
    this.#arena = arena;
    this.#written = task.executor.settings.shuffleDir === undefined ? undefined : [];
    this.#outputs = Array.from({ length: numReducers });
    this.#buffers = Array.from({ length: numReducers }, () => []);
  }

  add(reducer: number, record: unknown): void {
    const buffer = this.#buffers[reducer];
    if (buffer === undefined) throw badPartition(reducer, this.#buffers.length);
    if (record instanceof BatchRecord) return this.#addBatch(reducer, record);
    buffer.push(record);
    if (++this.#buffered < bufferedRecordsMax && buffer.length < chunkRecordsMax) return;
    if (buffer.length >= chunkRecordsMax) this.#flush(reducer);
    else this.flushAll();
  }

  /** A batch of columns is a chunk of its own. */
  #addBatch(reducer: number, record: BatchRecord): void {
    this.#flush(reducer);
    this.#buffers[reducer] = [record];
    this.#buffered++;
    this.#flush(reducer);
  }

  flushAll(): void {
    for (let reducer = 0; reducer < this.#buffers.length; reducer++) this.#flush(reducer);
  }

  #flush(reducer: number): void {
    const records = this.#buffers[reducer];
    if (records === undefined || records.length === 0) return;
    const { metrics } = this.#task.context;
    const startMs = systemClock.monotonicMs();
    const handle = this.#arena.write((allocate) => this.#task.executor.codec.encode(records, allocate));
    assert(handle !== undefined, "an arena that may use the disk takes every chunk");
    const output = (this.#outputs[reducer] ??= { chunks: [], bytes: 0, records: 0 });
    const bytes = handle.kind === "inline" ? handle.bytes.byteLength : handle.length;
    output.chunks.push(handle);
    output.bytes += bytes;
    output.records += records.length;
    this.#written?.push({ reducer, records: records.length, handle });
    metrics.shuffleWriteTimeMs += systemClock.monotonicMs() - startMs;
    metrics.shuffleWriteBytes += bytes;
    metrics.shuffleWriteRecords += records.length;
    if (handle.kind === "file" && this.#written === undefined) metrics.diskBytesSpilled += bytes;
    this.#buffered -= records.length;
    this.#buffers[reducer] = [];
    this.#task.checkpoint();
  }

  finish(): Pick<MapStatus, "outputs" | "chunks" | "file"> {
    this.flushAll();
    if (this.#written !== undefined) return { outputs: [], ...describeOutput(this.#written, this.#buffers.length) };
    return { outputs: this.#outputs.flatMap((output, reducer): ReducerOutput[] => (output === undefined ? [] : [{ reducer, ...output }])) };
  }
}

/** The record steps of a stage with combining at their end, and where their batches come from. */
interface CombineLoop {
  readonly parent: Computation;
  readonly loop: (batch: Batch, state: CombineState) => void;
}

/** Keys and combiners of a combining writer; the generated loop's state. */
interface CombineState {
  readonly index: KeyIndex;
  readonly combiners: unknown[];
}

/**
 * Writes map tasks' records for the reducers of a shuffle; made once a stage and thread.
 *
 * With an aggregator, values are combined by key first, in the same generated loop that runs the record steps before it, so
 * that no pair has to be made. When the heap runs short the combiners so far are written out and combining starts anew:
 * reducers merge combiners anyway, so nothing has to be read back here.
 */
export class ShuffleWriter {
  readonly #plan: ShuffleWritePlan;
  readonly #root: Computation;
  readonly #partition: PartitionFunction;
  readonly #combine: CombineLoop | undefined;

  constructor(plan: ShuffleWritePlan, root: Computation, functions: FunctionResolver, label: string) {
    this.#plan = plan;
    this.#root = root;
    this.#partition = partitionFunction(plan.partitioner, functions);
    if (plan.aggregator !== undefined) {
      const steps = FusedRecordSteps.endingIn(root, functions, `${label} combine`);
      this.#combine = { parent: steps.parent, loop: steps.loopInto<CombineState>(combineSink(plan.aggregator, functions)) };
    }
  }

  /** Runs a map task to its end. */
  write(identity: TaskIdentity, task: TaskRuntime, arena: ByteArena): MapStatus {
    const { partitioner, shuffleId } = this.#plan;
    const writer = new ChunkWriter(task, arena, partitioner.numPartitions);
    if (this.#combine === undefined) this.#writePlain(identity.partition, writer, task);
    else this.#writeCombined(this.#combine, identity.partition, writer, task);
    return {
      shuffleId,
      mapPartition: identity.partition,
      executorId: identity.executorId,
      host: identity.host,
      taskId: identity.taskId,
      ...writer.finish(),
    };
  }

  #writePlain(mapPartition: number, writer: ChunkWriter, task: TaskRuntime): void {
    const partition = this.#partition;
    // Under the identity partitioner the key only says where the value goes.
    const unwrap = this.#plan.partitioner.kind === "identity";
    const byRecord = this.#plan.byRecord === true;
    for (const batch of this.#root.compute(mapPartition, task)) {
      if (byRecord) {
        for (let at = 0; at < batch.length; at++) writer.add(partition(batch[at]), batch[at]);
      } else {
        for (let at = 0; at < batch.length; at++) {
          const pair = batch[at] as Pair;
          if (!Array.isArray(pair)) throw notAPair(pair, call);
          writer.add(partition(pair[0]), unwrap ? pair[1] : pair);
        }
      }
      task.checkpoint();
    }
  }

  #writeCombined(combine: CombineLoop, mapPartition: number, writer: ChunkWriter, task: TaskRuntime): void {
    const { heap } = task.executor;
    let state: CombineState = { index: new KeyIndex(), combiners: [] };
    for (const batch of combine.parent.compute(mapPartition, task)) {
      combine.loop(batch, state);
      task.checkpoint();
      if (state.combiners.length < spillKeysMin || !heap.shouldSpill) continue;
      task.context.metrics.memoryBytesSpilled += heap.usedBytes;
      this.#emit(state, writer);
      state = { index: new KeyIndex(), combiners: [] };
    }
    this.#emit(state, writer);
  }

  #emit({ index, combiners }: CombineState, writer: ChunkWriter): void {
    for (let slot = 0; slot < combiners.length; slot++) {
      const key = index.keyAt(slot);
      writer.add(this.#partition(key), [key, combiners[slot]]);
    }
    writer.flushAll();
  }
}

function combineSink(aggregator: AggregatorPlan, functions: FunctionResolver): InlineSink {
  return {
    names: ["create", "merge", "noText", "refuseRecord"],
    values: [functions.resolve(aggregator.createCombiner), functions.resolve(aggregator.mergeValue), new Map(), refuseRecord],
    prologue: "const index = state.index, combiners = state.combiners; let text = index.textSlots;",
    // String keys are looked up here first; the map stops being good once a key of another kind was met.
    statement: (pair) => `{
      ${pairCheck(pair, call)}
      const key = ${pair}[0];
      if (key === undefined && !Array.isArray(${pair})) refuseRecord(${pair});
      let slot;
      if (typeof key === "string") slot = text.get(key); else text = noText;
      if (slot === undefined) slot = index.slot(key);
      if (slot === combiners.length) combiners.push(create(${pair}[1])); else combiners[slot] = merge(combiners[slot], ${pair}[1]);
    }`,
  };
}

function refuseRecord(record: unknown): never {
  throw notAPair(record, call);
}

function badPartition(reducer: unknown, count: number): Error {
  return coreErrors.create("INVALID_ARGUMENT", {
    call: "partitioner.getPartition",
    name: "its result",
    value: String(reducer),
    expected: `a whole number from 0 to ${count - 1}`,
  });
}
