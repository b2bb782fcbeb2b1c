import { ResourceProfileBuilder, SparkContext, TaskContext, TaskResourceRequests, ExecutorResourceRequests } from "@vonk/core";
import { describe, expect, it } from "vitest";

const twoCores = new ResourceProfileBuilder().require(new TaskResourceRequests().cpus(2)).build();

interface Span {
  readonly start: number;
  readonly end: number;
  readonly cpus: number | undefined;
}

const now = (): number => performance.timeOrigin + performance.now();

/** When a task ran, by the clock that all threads share. */
function span(records: Iterable<unknown>): Span[] {
  const start = now();
  for (const _ of records);
  while (now() < start + 60);
  return [{ start, end: now(), cpus: TaskContext.get()?.cpus() }];
}

/** Most tasks that ran at the same time. */
function mostAtOnce(spans: readonly Span[]): number {
  return Math.max(...spans.map(({ start }) => spans.filter((other) => other.start <= start && start < other.end).length));
}

describe("resource profiles", () => {
  it("give each task of a stage its cores, and the next stage those of its own", async () => {
    await using sc = new SparkContext({ master: "local[2]", appName: "resources" });
    const measured = sc.range(0, 40, 1, 4).mapPartitions(span).withResources(twoCores);
    expect(measured.getResourceProfile()).toBe(twoCores);
    const alone = await measured.collect();
    expect(alone.map(({ cpus }) => cpus)).toEqual([2, 2, 2, 2]);
    expect(mostAtOnce(alone)).toBe(1);
    const after = await measured.repartition(4).mapPartitions(span).collect();
    expect(after.map(({ cpus }) => cpus)).toEqual([1, 1, 1, 1]);
    expect(mostAtOnce(after)).toBe(2);
  });

  it("count from the next job on, also for RDDs that ran without", async () => {
    await using sc = new SparkContext({ master: "local[2]", appName: "resources" });
    const cpus = sc.range(0, 2, 1, 2).mapPartitions(() => [TaskContext.get()?.cpus()]);
    expect(await cpus.collect()).toEqual([1, 1]);
    expect(await cpus.withResources(twoCores).collect()).toEqual([2, 2]);
  });

  it("that nothing here can give are refused", async () => {
    await using sc = new SparkContext({ master: "local[2]", appName: "resources" });
    const rdd = sc.range(0, 2, 1, 2);
    const own = new ResourceProfileBuilder().require(new ExecutorResourceRequests().cores(4)).build();
    expect(() => rdd.withResources(own)).toThrow(expect.objectContaining({ code: "RESOURCE_PROFILE_UNSUPPORTED" }));
    const three = new ResourceProfileBuilder().require(new TaskResourceRequests().cpus(3)).build();
    await expect(rdd.withResources(three).count()).rejects.toMatchObject({ code: "TASK_CORES_MISSING" });
    const mixed = rdd.map((number) => number + 1).withResources(twoCores);
    await expect(mixed.count()).rejects.toMatchObject({ code: "RESOURCE_PROFILE_CONFLICT" });
    expect(await sc.range(10).count()).toBe(10);
  });

  it("of one stage are merged when that is wanted", async () => {
    const conf = { "spark.scheduler.resource.profileMergeConflicts": true };
    await using sc = new SparkContext({ master: "local[2]", appName: "resources", conf });
    const one = new ResourceProfileBuilder().require(new TaskResourceRequests().cpus(1)).build();
    const cpus = sc
      .range(0, 2, 1, 2)
      .withResources(twoCores)
      .mapPartitions(() => [TaskContext.get()?.cpus()])
      .withResources(one);
    expect(await cpus.collect()).toEqual([2, 2]);
  });
});
