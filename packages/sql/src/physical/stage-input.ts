import type { ActionOptions, Broadcast, RDD } from "@vonk/core";
import { broadcastTag, moduleStep, sharedWords } from "@vonk/core/internal";
import { extentBytes } from "@vonk/columnar/internal";
import { sqlErrors } from "../errors.ts";
import { morselRows } from "../pipeline/frame.ts";
import { planText } from "../pipeline/plan-text.ts";
import type { StageOutput } from "../pipeline/run-stage.ts";
import {
  meetingBytes,
  type GroupsSink,
  type MeetingPlace,
  type RowOrder,
  type SharedPart,
  type StagePlan,
  type StageSink,
  type StageSource,
  type StageStep,
  type TablePlan,
} from "../pipeline/stage-plan.ts";
import type { Expression } from "@vonk/dataframe/internal";
import type { ExecutionContext } from "./physical-plan.ts";

/** The module of the pipelines' tasks. */
export const stageTasks: string = new URL("../task/stage-tasks.ts", import.meta.url).href;

/** Tasks a core: enough that all cores end at about the same time, few enough that groups of one key meet early. */
const tasksPerCore = 4;
/** Partitions of kept tables a core: they are alike, and are scanned so fast that each task more is felt. */
const keptPartitionsPerCore = 2;

/** What a stage begins with: its source, and what its tasks get: parts, or what the partitions of an RDD give. */
export interface StageInput {
  readonly source: StageSource;
  readonly parts: readonly unknown[];
  readonly given?: RDD<unknown>;
  /** How long all tasks together are thought to run, in milliseconds. */
  readonly workMs?: number | undefined;
}

/** About how long a task takes for a row of a file, and for one that lies in memory as columns. */
const fileRowMs = 40e-6;
const memoryRowMs = 10e-6;

/** How long reading a source takes; undefined when it does not say how many rows it has, which then are 0. */
export function readMs(rows: number, from: "file" | "memory"): number | undefined {
  return rows === 0 ? undefined : workMs(rows, from);
}

/** How long reading so many rows takes. */
export function workMs(rows: number, from: "file" | "memory"): number {
  return rows * (from === "file" ? fileRowMs : memoryRowMs);
}

/** A stage but for what becomes of its rows. */
export interface ReadyStage extends StageInput {
  readonly steps: readonly StageStep[];
  readonly order?: RowOrder;
}

/** Makes stages of a query into RDDs, which run when they are read. */
export class StageLauncher {
  readonly #context: ExecutionContext;
  /** What tasks leave in segments for later ones goes with it. */
  readonly owner: Broadcast<unknown>;
  readonly tag: number;
  /** For the jobs of stages: they end with the query. */
  readonly options: ActionOptions;
  /** Shuffles that have the rows of tables, by their ids. */
  readonly shuffles: Map<number, RDD<unknown>> = new Map();
  #nextPlace = 0;
  #placesEnd = 0;

  constructor(context: ExecutionContext, owner: Broadcast<unknown>, options: ActionOptions) {
    this.#context = context;
    this.owner = owner;
    this.options = options;
    this.tag = broadcastTag(owner.id);
  }

  /** What a stage's tasks leave by its sink. */
  launch({ source, parts, given, steps, order, workMs: allMs }: ReadyStage, sink: StageSink): RDD<StageOutput> {
    const { sparkContext, session } = this.#context;
    const plan: StagePlan = { source, steps, sink, session, tag: this.tag, ...(order === undefined ? {} : { order }) };
    const count = this.#taskCount(parts, sink.kind === "records" ? keptPartitionsPerCore : tasksPerCore);
    const rdd = given ?? sparkContext.parallelize([...parts], count);
    const taskMs = allMs === undefined ? undefined : allMs / (given === undefined ? count : parts.length);
    const reads = this.#reads(plan);
    return moduleStep<StageOutput>(rdd, "Pipeline", { module: stageTasks, export: "runStage", args: planText(plan), reads, taskMs });
  }

  /** The table of a stage's rows. */
  launchTable(stage: ReadyStage, outputs: readonly Expression[], table: TablePlan): RDD<StageOutput> {
    const tasks = this.#tasksOf(stage);
    return this.launch(stage, { kind: "table", outputs, table, ...(tasks === 1 ? {} : { shared: this.#meetingPlace(tasks) }) });
  }

  /** The groups of a stage's rows, put together by `merge` in one of its partitions: which one shows when it has run. */
  launchMerged(stage: ReadyStage, sink: GroupsSink, merge: GroupsSink): Pick<StageInput, "parts" | "given" | "workMs"> {
    const tasks = this.#tasksOf(stage);
    const given = this.launch(stage, { ...sink, last: { place: this.#meetingPlace(tasks), sink: merge } });
    return { parts: Array.from({ length: tasks }, (_, task) => task), given, workMs: stage.workMs };
  }

  #tasksOf({ given, parts }: ReadyStage): number {
    return given === undefined ? this.#taskCount(parts, tasksPerCore) : parts.length;
  }

  /** @throws PIPELINE_MEMORY_EXCEEDED */
  #meetingPlace(tasks: number): MeetingPlace {
    const needed = meetingBytes(tasks);
    if (this.#nextPlace + needed > this.#placesEnd) {
      const bytes = Math.max(extentBytes, needed);
      const at = sharedWords(this.#context.sparkContext, this.owner, bytes);
      if (at === undefined) throw sqlErrors.create("PIPELINE_MEMORY_EXCEEDED", { bytes });
      this.#nextPlace = at;
      this.#placesEnd = at + bytes;
    }
    const words = this.#nextPlace;
    this.#nextPlace += needed;
    return { tasks, words };
  }

  #taskCount(parts: readonly unknown[], perCore: number): number {
    return Math.max(1, Math.min(parts.length, perCore * this.#context.sparkContext.defaultParallelism));
  }

  /** The shuffles that tasks may read to build the stage's tables. */
  #reads({ source, steps }: StagePlan): RDD<unknown>[] {
    const tables = steps.flatMap((step) => (step.kind === "probe" ? [step.table] : []));
    if (source.marked !== undefined) tables.push(source.marked.table);
    const ids = new Set(tables.flatMap((table) => ("shuffleId" in table ? [table.shuffleId] : [])));
    return [...ids].flatMap((id) => this.shuffles.get(id) ?? []);
  }
}

/** Few parts of many rows, of which joins make work, go to several tasks each: reading them twice costs less than idle cores. */
export function shared(ready: ReadyStage, rows: number, cores: number): ReadyStage {
  const hasWork = ready.steps.some((step) => step.kind === "probe" && (step.joinType === "inner" || step.joinType === "left"));
  return hasWork ? divided(ready, rows, cores) : ready;
}

/** The parts, each for several tasks where there are few of many rows. */
export function divided(ready: ReadyStage, rows: number, cores: number): ReadyStage {
  const { parts, source } = ready;
  const count = Math.min(Math.ceil((2 * cores) / Math.max(1, parts.length)), Math.floor(rows / Math.max(1, parts.length) / morselRows));
  if (count <= 1) return ready;
  const shares = parts.flatMap((description) => Array.from({ length: count }, (_, index): SharedPart => ({ description, index, count })));
  return { ...ready, source: { ...source, isShared: true }, parts: shares };
}
