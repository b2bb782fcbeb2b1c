import { EventEmitter } from "node:events";
import { errorFromData, errorToData } from "@vonk/common";
import { assert, type Clock, type Random } from "@vonk/common/internal";
import { type ControlReply, type ControlRequests, type StoredBlock, threadWords } from "../../executor/control-channel.ts";
import { fetchParams } from "../../executor/stage-runner.ts";
import type { StartTaskWorker, TaskWorker } from "../../executor/start-task-worker.ts";
import type { HandedBlock } from "../../executor/handed-blocks.ts";
import type { StageDefinition, ToTaskThread } from "../../message/thread-message.ts";
import type { BytesHandle, MapStatus, TaskEndReason, TaskReport } from "../../message/task-result.ts";
import { narrowParents } from "../../scheduler/narrow-parents.ts";
import type { TaskIdentity } from "../../scheduler/scheduler-event.ts";
import type { LocatedChunk } from "../../shuffle/shuffle-store.ts";
import { isStored } from "../../storage/storage-level.ts";
import { exceptionReason } from "../task-reports.ts";
import { commitProperty, mix, type Workload } from "./workload.ts";

/** What the task threads of a simulated executor process live in. */
export interface TaskThreadWorld {
  readonly appId: string;
  readonly executorId: string;
  readonly host: string;
  /** Of the executor's process: stands still while that is stopped and for good once it is dead. */
  readonly clock: Clock;
  readonly random: Random;
  readonly workload: Workload;
  /** Folder of the host for map output. */
  readonly shuffleDir: string;
  /** Factor on the time that tasks take. */
  slowness(): number;
  /** Probability that a task fails by itself, now. */
  failureRate(): number;
  writeFile(path: string, bytes: Uint8Array): void;
  /** Undefined when the file is not there. */
  readFile(path: string): Uint8Array | undefined;
  committed(task: TaskIdentity): void;
  /** Told of an error that no rule of the simulation explains. */
  broken(error: unknown): void;
}

type RunMessage = Extract<ToTaskThread, { kind: "run" }>;

/** Thrown when a task has to end with a reason other than success. */
class TaskEnd extends Error {
  readonly reason: TaskEndReason;
  constructor(reason: TaskEndReason) {
    super(reason.kind);
    this.reason = reason;
  }
}

/** Bytes that stand for a value in blocks and shuffles. */
export const valueBytes = 4;

/** Starts simulated task threads, for a real executor's control side. */
export function simulatedTaskThreads(world: TaskThreadWorld): StartTaskWorker {
  return (number) => new SimulatedTaskThread(world, number).worker;
}

/**
 * A task thread without a thread: it claims tasks, asks its control thread and reports in the real one's messages, takes simulated time,
 * and computes values from what the shuffle store and the block manager really give it.
 */
class SimulatedTaskThread {
  readonly #world: TaskThreadWorld;
  readonly #number: number;
  readonly #thread = new EventEmitter();
  readonly #port = new EventEmitter();
  readonly #words = new Int32Array(new SharedArrayBuffer(4 * threadWords.count));
  readonly #stages = new Map<string, StageDefinition>();
  readonly #queue: RunMessage[] = [];
  #waiting: ((reply: ControlReply) => void) | undefined;
  #isRunning = false;
  #isDead = false;

  constructor(world: TaskThreadWorld, number: number) {
    this.#world = world;
    this.#number = number;
  }

  /** What the control thread holds of it. */
  get worker(): TaskWorker {
    const thread = Object.assign(this.#thread, {
      postMessage: (message: ToTaskThread) => void this.#world.clock.schedule(0, () => this.#receive(message)),
      terminate: () => this.#end(),
      getHeapStatistics: () => Promise.resolve({ used_heap_size: 0, external_memory: 0 }),
    });
    const port = Object.assign(this.#port, {
      postMessage: (reply: ControlReply) => void this.#world.clock.schedule(0, () => (this.#isDead ? undefined : this.#waiting?.(reply))),
      unref: () => undefined,
    });
    return {
      number: this.#number,
      words: this.#words,
      worker: thread as unknown as TaskWorker["worker"],
      control: port as unknown as TaskWorker["control"],
    };
  }

  async #end(): Promise<number> {
    if (this.#isDead) return 1;
    this.#isDead = true;
    this.#world.clock.schedule(1, () => this.#thread.emit("exit", 1));
    return 1;
  }

  #receive(message: ToTaskThread): void {
    if (this.#isDead) return;
    if (message.kind === "flushOutput") this.#thread.emit("message", { kind: "outputFlushed" });
    else if (message.kind === "run") {
      if (message.droppedStage !== undefined) this.#stages.delete(message.droppedStage);
      if (message.stage !== undefined) this.#stages.set(message.stageKey, message.stage);
      this.#queue.push(message);
      if (!this.#isRunning) this.#drain().catch((error: unknown) => this.#world.broken(error));
    }
  }

  async #drain(): Promise<void> {
    this.#isRunning = true;
    for (let work = this.#queue.shift(); work !== undefined; work = this.#queue.shift()) {
      let position = 0;
      const words = work.claims === undefined ? undefined : new Int32Array(work.claims.words);
      for (;;) {
        const at = words === undefined ? position++ : Atomics.add(words, 0, 1);
        const task = work.tasks[at];
        if (task === undefined) break;
        if (words !== undefined && Atomics.compareExchange(words, 1 + at, 0, this.#number + 1) !== 0) continue;
        Atomics.store(this.#words, threadWords.running, task.taskId + 1);
        const report = await this.#report(work, task);
        if (this.#isDead) return;
        Atomics.store(this.#words, threadWords.running, 0);
        this.#thread.emit("message", { kind: "reports", reports: [report], runsDone: 0 });
      }
      this.#thread.emit("message", { kind: "reports", reports: [], runsDone: 1 });
    }
    this.#isRunning = false;
  }

  async #report(work: RunMessage, task: TaskIdentity): Promise<TaskReport> {
    const { random, clock } = this.#world;
    const startedAtMs = clock.now();
    // A few tasks are far slower than the others, so that attempts of one partition overlap.
    const runMs = (1 + random.next() ** 3 * 300) * this.#world.slowness() * (random.next() < 0.1 ? 8 : 1);
    const base = { taskId: task.taskId, startedAtMs };
    const metrics = { executorRunTimeMs: runMs } as NonNullable<TaskReport["metrics"]>;
    try {
      await this.#sleep(runMs / 2);
      const outcome = await this.#outcome(work, task, runMs / 2);
      return { ...base, reason: { kind: "Success" }, ...outcome, metrics, finishedAtMs: clock.now() };
    } catch (error) {
      const reason: TaskEndReason = error instanceof TaskEnd ? error.reason : { kind: "ExceptionFailure", error: errorToData(error) };
      return { ...base, reason, metrics, finishedAtMs: clock.now() };
    }
  }

  async #outcome({ stageKey, blocks }: RunMessage, task: TaskIdentity, restMs: number): Promise<Partial<TaskReport>> {
    const { random } = this.#world;
    const stage = this.#stages.get(stageKey);
    assert(stage !== undefined, "a stage is sent before its tasks");
    if (random.next() < this.#world.failureRate()) throw new TaskEnd(exceptionReason());
    const { sink } = stage.plan;
    if (sink.kind === "shuffle") await this.#ask("shuffleWindow", {});
    const handed = blocks.filter(({ taskId }) => taskId === task.taskId);
    const value = await this.#value(stage.plan.nodes[stage.plan.root]?.rddId ?? -1, task.partition, handed);
    await this.#sleep(restMs);
    // Some tasks do not look whether they were killed, and end as if nothing had been said.
    const isKilled = Atomics.load(this.#words, threadWords.kill) === task.taskId + 1;
    if (isKilled && random.next() < 0.8) throw new TaskEnd({ kind: "TaskKilled", reason: "its job was cancelled" });
    if (sink.kind === "shuffle") return { mapStatus: this.#write(sink.write.shuffleId, task, value) };
    if (stage.properties[commitProperty] !== undefined) {
      const { stageId, stageAttempt, partition, taskId } = task;
      const allowed = await this.#ask("canCommit", { stageId, stageAttempt, partition, taskId });
      if (!allowed) throw new TaskEnd({ kind: "TaskCommitDenied", message: "another attempt may commit" });
      this.#world.committed(task);
    }
    const accumulators = [{ id: task.partition, delta: new Uint8Array([1]) }];
    return { result: { kind: "plain", value: { value, taskId: task.taskId } }, accumulators };
  }

  #write(shuffleId: number, task: TaskIdentity, value: number): MapStatus {
    const { executorId, host, shuffleDir, workload } = this.#world;
    const reducerCount = workload.lineage.shuffles.get(shuffleId)?.numReducers ?? 0;
    const written = Array.from({ length: reducerCount }, (_, reducer) => mix(value, reducer));
    const path = `${shuffleDir}/shuffle_${shuffleId}_${executorId}_${this.#number}_${task.taskId}.data`;
    this.#world.writeFile(path, new Uint8Array(new Uint32Array(written).buffer));
    const all = (entry: number): Uint32Array => new Uint32Array(reducerCount).fill(entry);
    const reducers = Uint32Array.from({ length: reducerCount }, (_, reducer) => reducer);
    const chunks = { reducerCount, reducers, records: all(1), lengths: all(valueBytes), checksums: all(0) };
    const { partition: mapPartition, taskId } = task;
    return { shuffleId, mapPartition, executorId, host, taskId, outputs: [], chunks, file: { path, offset: 0 } };
  }

  /** A thread that was ended goes no further. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#world.clock.schedule(ms, () => (this.#isDead ? undefined : resolve())));
  }

  async #ask<M extends keyof ControlRequests>(message: M, request: ControlRequests[M]["request"]): Promise<ControlRequests[M]["reply"]> {
    const reply = await new Promise<ControlReply>((resolve) => {
      this.#waiting = resolve;
      this.#port.emit("message", { message, request });
    });
    if ("error" in reply) throw errorFromData(reply.error);
    return reply.value as ControlRequests[M]["reply"];
  }

  // ---- values

  async #value(rddId: number, partition: number, handed: HandedBlock[]): Promise<number> {
    const { poison, lineage } = this.#world.workload;
    const rdd = lineage.rdds.get(rddId);
    const isCached = rdd !== undefined && isStored(rdd.storageLevel);
    const cached = isCached ? await this.#cached(rddId, partition, handed) : undefined;
    if (cached !== undefined) return this.#read(cached.chunks[0]) ?? Number.NaN;
    if (poison?.rddId === rddId && poison.partition === partition) throw new TaskEnd(exceptionReason("poisoned"));
    let hash = mix(rddId, partition);
    for (const dependency of rdd?.dependencies ?? []) {
      if (dependency.kind === "shuffle") hash = await this.#readShuffle(dependency.shuffleId, partition, hash);
      else
        for (const parent of narrowParents(dependency.mapping, partition))
          hash = mix(hash, await this.#value(dependency.rddId, parent, handed));
    }
    if (isCached) {
      const tag = await this.#ask("blockTag", {});
      const bytes = new Uint8Array(new Uint32Array([hash]).buffer);
      const block: StoredBlock = { chunks: [{ kind: "inline", bytes }], bytes: valueBytes, records: 1 };
      if (!(await this.#ask("putBlock", { rddId, partition, block, level: rdd.storageLevel, tag })))
        await this.#ask("dropBlockTag", { tag });
      // Now and again a block is found damaged later, or room is made for another.
      if (this.#world.random.next() < this.#world.failureRate()) await this.#ask("blockDamaged", { rddId, partition });
    }
    return hash;
  }

  /** A partition that came along with the task is not asked for. */
  async #cached(rddId: number, partition: number, handed: HandedBlock[]): Promise<StoredBlock | undefined> {
    const at = handed.findIndex((each) => each.rddId === rddId && each.partition === partition);
    return at >= 0 ? handed.splice(at, 1)[0]?.block : await this.#ask("getBlock", { rddId, partition });
  }

  #read(handle: BytesHandle | undefined): number | undefined {
    let bytes: Uint8Array | undefined;
    if (handle?.kind === "inline") bytes = handle.bytes;
    if (handle?.kind === "file") bytes = this.#world.readFile(handle.path)?.subarray(handle.offset, handle.offset + handle.length);
    return bytes?.byteLength === valueBytes ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : undefined;
  }

  /** As the real reader: chunks in files that are gone are asked for elsewhere, once. */
  async #readShuffle(shuffleId: number, reducer: number, start: number): Promise<number> {
    let chunks = await this.#chunks(shuffleId, reducer, false);
    const maps = this.#world.workload.lineage.shuffles.get(shuffleId)?.numMaps ?? 0;
    // The store must not leave out what it does not have.
    assert(chunks.length === maps, `a reducer reads a chunk of each of ${maps} maps, not ${chunks.length}`);
    let isElsewhere = false;
    let hash = start;
    for (let at = 0; at < chunks.length; at++) {
      const chunk = chunks[at] as LocatedChunk;
      const value = this.#read(chunk.handle);
      if (value === undefined) {
        const others = isElsewhere || chunk.handle.kind !== "file" ? [] : await this.#chunks(shuffleId, reducer, true);
        const { mapPartition, taskId: mapTaskId, executorId } = chunk;
        if (others.length !== chunks.length)
          throw new TaskEnd({ kind: "FetchFailed", shuffleId, mapPartition, mapTaskId, executorId, message: "the bytes are gone" });
        chunks = others;
        isElsewhere = true;
        at--;
        continue;
      }
      hash = mix(hash, value);
    }
    return hash;
  }

  async #chunks(shuffleId: number, reducer: number, withoutFiles: boolean): Promise<readonly LocatedChunk[]> {
    try {
      return await this.#ask("shuffleChunks", { shuffleId, reducer, ...(withoutFiles ? { withoutFiles } : {}) });
    } catch (error) {
      const { code, params, message } = errorToData(error);
      if (code !== "SHUFFLE_BLOCK_MISSING") throw error;
      throw new TaskEnd({ kind: "FetchFailed", ...fetchParams(params), message });
    }
  }
}
