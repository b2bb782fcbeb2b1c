import { ExtentAllocator } from "@vonk/columnar/internal";
import { errorToData } from "@vonk/common";
import { assert, systemClock } from "@vonk/common/internal";
import { createLocalFileSystem } from "@vonk/filesystem/internal";
import { reviveAccumulator } from "../accumulator/task-accumulators.ts";
import { forgetBroadcast, reviveBroadcast } from "../broadcast/broadcast.ts";
import { ClosureDecoder } from "../closure/closure-decoder.ts";
import { closuresOf } from "../compute/stage-graph.ts";
import type { FromTaskThread, StageDefinition, TaskThreadStart, ToTaskThread } from "../message/thread-message.ts";
import type { TaskReport } from "../message/task-result.ts";
import type { TaskIdentity } from "../scheduler/scheduler-event.ts";
import { ProcessMapOutputs, StoredMapOutputs } from "../shuffle/map-outputs.ts";
import { ShuffleReader } from "../shuffle/shuffle-reader.ts";
import { BlockStore } from "../storage/block-store.ts";
import { createRecordCodec } from "../storage/record-codec.ts";
import { ControlChannel, threadWords } from "./control-channel.ts";
import type { ExecutorRuntime } from "./executor-runtime.ts";
import { GCTime } from "./gc-time.ts";
import { HeapWatch } from "./heap-watch.ts";
import { moduleCopiesFolder } from "./module-copies.ts";
import { setTaskRuntime } from "./running-task.ts";
import { StageRunner } from "./stage-runner.ts";

/** Reports are held back about so long, so that one message carries many short tasks. */
const reportDelayMs = 4;

type RunMessage = Extract<ToTaskThread, { kind: "run" }>;

interface LoadedStage extends StageDefinition {
  runner?: StageRunner;
}

/** Claims and runs tasks, one at a time. */
export class TaskThread {
  readonly #start: TaskThreadStart;
  readonly #send: (message: FromTaskThread) => void;
  readonly #words: Int32Array;
  readonly #runtime: ExecutorRuntime;
  readonly #stages = new Map<string, LoadedStage>();
  readonly #queue: RunMessage[] = [];
  #reports: TaskReport[] = [];
  /** When the first of the reports was made. */
  #waitingSinceMs = 0;
  #runsDone = 0;
  #running = false;

  constructor(start: TaskThreadStart, send: (message: FromTaskThread) => void) {
    this.#start = start;
    this.#send = send;
    this.#words = new Int32Array(start.words);
    this.#runtime = this.#createRuntime();
    setTaskRuntime(this.#runtime);
  }

  #createRuntime(): ExecutorRuntime {
    const { settings, segment, controlPort, thread } = this.#start;
    const allocator = new ExtentAllocator(segment, thread);
    const control = new ControlChannel(controlPort, this.#words);
    const decoder = new ClosureDecoder({
      appRoot: settings.appRoot,
      // Only an executor in the driver's own process has no shared folder, and it has the driver's files.
      verify: settings.shuffleDir !== undefined,
      ...(settings.shuffleDir === undefined ? {} : { copies: moduleCopiesFolder(settings.localDir) }),
      revivers: { accumulator: reviveAccumulator, broadcast: (data) => reviveBroadcast(data, runtime) },
    });
    const codec = createRecordCodec(decoder);
    const files = createLocalFileSystem().sync;
    assert(files !== undefined, "local files are read synchronously");
    const outputs = settings.shuffleDir === undefined ? new ProcessMapOutputs(control) : new StoredMapOutputs(control);
    const blocks: BlockStore = new BlockStore(() => runtime);
    const runtime: ExecutorRuntime = {
      settings,
      thread,
      allocator,
      control,
      decoder,
      codec,
      blocks,
      shuffles: new ShuffleReader(outputs, allocator, codec),
      heap: new HeapWatch(
        settings.spillHeapBytes,
        settings.heapLimitBytes,
        (mebibytes) => Atomics.store(this.#words, threadWords.heapMiB, mebibytes),
        settings.spillRecordsMax,
      ),
      files,
      gcTime: new GCTime(),
      flushReports: () => this.#flushLate(),
      tellProgress: (records) => void Atomics.store(this.#words, threadWords.recordsRead, Math.min(records, 2 ** 31 - 1)),
    };
    return runtime;
  }

  receive(message: Exclude<ToTaskThread, { kind: "flushOutput" }>): void {
    switch (message.kind) {
      case "run":
        if (message.droppedStage !== undefined) this.#stages.delete(message.droppedStage);
        if (message.stage !== undefined) this.#stages.set(message.stageKey, { ...message.stage });
        this.#queue.push(message);
        if (!this.#running) void this.#drain();
        return;
      case "forgetShuffle":
        return this.#runtime.shuffles.forget(message.shuffleId);
      case "forgetBroadcast":
        return forgetBroadcast(message.id);
    }
  }

  async #drain(): Promise<void> {
    this.#running = true;
    for (let work = this.#queue.shift(); work !== undefined; work = this.#queue.shift()) {
      for (let task = this.#claim(work); task !== undefined; task = this.#claim(work)) {
        const pending = this.#runTask(work, task);
        const report = pending instanceof Promise ? await pending : pending;
        if (this.#reports.push(report) === 1) this.#waitingSinceMs = report.finishedAtMs;
        Atomics.store(this.#words, threadWords.running, 0);
        this.#flushLate();
      }
      this.#runsDone++;
      // Reports must not wait behind other stages' tasks.
      this.#flush();
    }
    this.#running = false;
  }

  #flush(): void {
    this.#send({ kind: "reports", reports: this.#reports, runsDone: this.#runsDone });
    this.#runsDone = 0;
    this.#reports = [];
  }

  /** Also called while the next task runs, which may take long. */
  #flushLate(): void {
    if (this.#reports.length > 0 && systemClock.now() - this.#waitingSinceMs >= reportDelayMs) this.#flush();
  }

  /** Positions already tried of work that is not shared. */
  readonly #progress = new WeakMap<object, number>();

  #claim(work: RunMessage): TaskIdentity | undefined {
    const words = work.claims === undefined ? undefined : new Int32Array(work.claims.words);
    for (;;) {
      const position = words === undefined ? (this.#progress.get(work) ?? 0) : Atomics.add(words, 0, 1);
      if (words === undefined) this.#progress.set(work, position + 1);
      const task = work.tasks[position];
      if (task === undefined) return undefined;
      Atomics.store(this.#words, threadWords.recordsRead, 0);
      Atomics.store(this.#words, threadWords.running, task.taskId + 1);
      if (words === undefined || Atomics.compareExchange(words, 1 + position, 0, this.#start.thread + 1) === 0) return task;
    }
  }

  #runTask({ stageKey, blocks }: RunMessage, task: TaskIdentity): TaskReport | Promise<TaskReport> {
    const stage = this.#stages.get(stageKey);
    assert(stage !== undefined, "a stage is sent before its tasks");
    const startedAtMs = systemClock.now();
    try {
      if (stage.runner !== undefined) return stage.runner.run(task, blocks, this.#isKilled(task));
      const imports = closuresOf(stage.plan).flatMap((closure) => this.#runtime.decoder.prepare(closure) ?? []);
      const start = (): TaskReport | Promise<TaskReport> => {
        stage.runner ??= new StageRunner(stage.plan, stage.properties, this.#runtime, `stage ${stageKey}`);
        return stage.runner.run(task, blocks, this.#isKilled(task));
      };
      if (imports.length === 0) return start();
      return Promise.all(imports)
        .then(start)
        .catch((error: unknown) => failedBeforeStart(task, startedAtMs, error));
    } catch (error) {
      return failedBeforeStart(task, startedAtMs, error);
    }
  }

  #isKilled(task: TaskIdentity): () => boolean {
    return () => Atomics.load(this.#words, threadWords.kill) === task.taskId + 1;
  }
}

function failedBeforeStart(task: TaskIdentity, startedAtMs: number, error: unknown): TaskReport {
  return {
    taskId: task.taskId,
    reason: { kind: "ExceptionFailure", error: errorToData(error) },
    startedAtMs,
    finishedAtMs: systemClock.now(),
  };
}
