import { join } from "node:path";
import { type ErrorParams, errorToData } from "@vonk/common";
import { systemClock } from "@vonk/common/internal";
import { takeAccumulatorUpdates } from "../accumulator/task-accumulators.ts";
import type { Computation, FunctionResolver } from "../compute/computation.ts";
import { buildStageGraph, prepareAsyncSteps } from "../compute/stage-graph.ts";
import { resultFunction, type ResultFunction } from "../compute/result-function.ts";
import { coreErrors } from "../errors.ts";
import type { TaskEndReason, TaskReport } from "../message/task-result.ts";
import type { FunctionRef, StagePlan } from "../plan/stage-plan.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";
import { FetchFailure } from "../shuffle/fetch-failure.ts";
import { shuffleFileName } from "../shuffle/file-shuffle-store.ts";
import { ShuffleWriter } from "../shuffle/shuffle-writer.ts";
import { ByteArena } from "../storage/byte-arena.ts";
import { closeReadFiles } from "../storage/read-bytes.ts";
import { shuffleTag } from "../storage/extent-tag.ts";
import { builtinFunction } from "./builtin-function.ts";
import { encodeResult } from "./encode-result.ts";
import type { HandedBlock } from "./handed-blocks.ts";
import type { ExecutorRuntime } from "./executor-runtime.ts";
import { barrierAddressesProperty } from "../scheduler/barrier-coordinator.ts";
import { BarrierTaskContext } from "./barrier-task-context.ts";
import { TaskContext } from "./task-context.ts";
import type { TaskRuntime } from "./task-runtime.ts";

/** Runs the tasks of one stage on one thread: functions are decoded and the computations built once. */
export class StageRunner {
  readonly #plan: StagePlan;
  readonly #properties: Readonly<Record<string, string>>;
  readonly #executor: ExecutorRuntime;
  readonly #root: Computation;
  readonly #functions: FunctionResolver;
  readonly #result: ResultFunction | undefined;
  readonly #deserializeMs: number;
  readonly #label: string;
  #writer: ShuffleWriter | undefined;
  #arena: ByteArena | undefined;

  constructor(plan: StagePlan, properties: Readonly<Record<string, string>>, executor: ExecutorRuntime, label: string) {
    const startMs = systemClock.monotonicMs();
    this.#plan = plan;
    this.#properties = properties;
    this.#executor = executor;
    this.#label = label;
    this.#functions = functionResolver(executor);
    this.#root = buildStageGraph(plan, this.#functions, label);
    this.#result = plan.sink.kind === "result" ? resultFunction(plan.sink.func, this.#functions) : undefined;
    this.#deserializeMs = systemClock.monotonicMs() - startMs;
  }

  /** Runs one task to its end; a promise only when the stage has async functions. */
  run(task: TaskIdentity, blocks: readonly HandedBlock[], isKilled: () => boolean): TaskReport | Promise<TaskReport> {
    const startedAtMs = systemClock.now();
    const startMs = systemClock.monotonicMs();
    const isBarrier = this.#properties[barrierAddressesProperty] !== undefined;
    const context = new (isBarrier ? BarrierTaskContext : TaskContext)(task, this.#properties, isKilled);
    const runtime: TaskRuntime = {
      context,
      executor: this.#executor,
      prepared: new Map(),
      handed: blocks.filter(({ taskId }) => taskId === task.taskId),
      checkpoint: () => checkpoint(isKilled, this.#executor),
    };
    const finish = (report: Omit<TaskReport, "taskId" | "startedAtMs" | "finishedAtMs" | "metrics">): TaskReport => {
      closeReadFiles();
      context.metrics.executorRunTimeMs = systemClock.monotonicMs() - startMs;
      context.metrics.executorDeserializeTimeMs = this.#deserializeMs;
      context.metrics.jvmGCTimeMs = this.#executor.gcTime.take();
      context.metrics.peakExecutionMemoryBytes = this.#executor.heap.takePeakBytes();
      const accumulators = takeAccumulatorUpdates(this.#executor.decoder);
      // What a failed attempt added does not count.
      const updates = accumulators.length === 0 || report.reason.kind !== "Success" ? {} : { accumulators };
      return { taskId: task.taskId, ...report, ...updates, metrics: context.metrics, startedAtMs, finishedAtMs: systemClock.now() };
    };
    const fail = (error: unknown): TaskReport => {
      try {
        context.complete({ error });
      } catch {
        // A listener that fails too must not hide why the task failed.
      }
      return finish({ reason: endReason(error) });
    };
    const body = (): TaskReport | Promise<TaskReport> => {
      const done = this.#sink(task, runtime);
      if (done instanceof Promise) return done.then((outcome) => (context.complete(), finish(outcome)), fail);
      context.complete();
      return finish(done);
    };
    TaskContext.setCurrent(context);
    try {
      if (isKilled()) throw coreErrors.create("TASK_KILLED", { reason: "its job was cancelled before it started" });
      const steps = prepareAsyncSteps(this.#root, task.partition, runtime);
      return steps === undefined ? body() : steps.then(body).catch(fail);
    } catch (error) {
      return fail(error);
    }
  }

  #sink(task: TaskIdentity, runtime: TaskRuntime): Outcome | Promise<Outcome> {
    const { sink } = this.#plan;
    if (sink.kind === "shuffle") {
      this.#writer ??= new ShuffleWriter(sink.write, this.#root, this.#functions, this.#label);
      if (this.#executor.settings.shuffleDir !== undefined) this.#executor.control.call("shuffleWindow", {});
      const arena = this.#shuffleArena(sink.write.shuffleId, task);
      runtime.context.addTaskCompletionListener(() => arena.close());
      const status = this.#writer.write(task, runtime, arena);
      return { reason: { kind: "Success" }, mapStatus: status };
    }
    const batches = this.#root.compute(task.partition, runtime);
    const value = this.#result?.(batches, task.partition, runtime);
    const encode = (result: unknown): Outcome => ({
      reason: { kind: "Success" },
      result: encodeResult(result, runtime, sink.func),
    });
    return value instanceof Promise ? value.then(encode) : encode(value);
  }

  /** One arena a shuffle and thread: small outputs of many tasks share extents. */
  #shuffleArena(shuffleId: number, task: TaskIdentity): ByteArena {
    const { settings, thread, allocator, control } = this.#executor;
    const { executorId, localDir, shuffleDir } = settings;
    this.#arena ??= new ByteArena({
      allocator,
      tag: shuffleTag(shuffleId),
      spillPath: join(shuffleDir ?? localDir, shuffleFileName(shuffleId, executorId, thread, task.taskId)),
      makeRoom: (bytes) => control.call("makeRoom", { bytes, forStorage: false, rddId: -1 }),
      mayUseDisk: true,
      // Memory is read by this process alone.
      mayUseMemory: shuffleDir === undefined,
    });
    return this.#arena;
  }
}

type Outcome = Pick<TaskReport, "reason" | "result" | "mapStatus">;

function functionResolver(executor: ExecutorRuntime): FunctionResolver {
  const resolved = new Map<FunctionRef, unknown>();
  const make = (ref: FunctionRef, functions: FunctionResolver): unknown => {
    if ("closure" in ref) return executor.decoder.decode(ref.closure);
    if ("builtin" in ref) return builtinFunction(ref.builtin, ref.args, functions);
    const maker = executor.decoder.load(ref.module, ref.export);
    return maker(executor.codec.decodeValue(ref.args));
  };
  return {
    resolve<F extends (...args: never[]) => unknown>(ref: FunctionRef): F {
      const known = resolved.get(ref) ?? make(ref, this);
      resolved.set(ref, known);
      return known as F;
    },
  };
}

function checkpoint(isKilled: () => boolean, executor: ExecutorRuntime): void {
  executor.flushReports();
  if (isKilled()) throw coreErrors.create("TASK_KILLED", { reason: "its job was cancelled" });
  if (!executor.heap.isOverLimit) return;
  const used = Math.round(executor.heap.usedBytes / 2 ** 20);
  throw coreErrors.create("TASK_HEAP_EXCEEDED", { used, limit: Math.round(executor.heap.limitBytes / 2 ** 20) });
}

function endReason(error: unknown): TaskEndReason {
  if (error instanceof FetchFailure) {
    const { shuffleId, mapPartition, mapTaskId, executorId, message } = error;
    return { kind: "FetchFailed", shuffleId, mapPartition, mapTaskId, executorId, message };
  }
  const data = errorToData(error);
  if (data.code === "SHUFFLE_BLOCK_MISSING") return { kind: "FetchFailed", ...fetchParams(data.params), message: data.message };
  if (data.code === "TASK_KILLED") return { kind: "TaskKilled", reason: data.message };
  return { kind: "ExceptionFailure", error: data };
}

/** What a SHUFFLE_BLOCK_MISSING says of the output. */
export function fetchParams(
  params: ErrorParams,
): Pick<Extract<TaskEndReason, { kind: "FetchFailed" }>, "shuffleId" | "mapPartition" | "mapTaskId" | "executorId"> {
  const { shuffleId, mapPartition, taskId, executorId } = params;
  return { shuffleId: Number(shuffleId), mapPartition: Number(mapPartition), mapTaskId: Number(taskId), executorId: String(executorId) };
}
