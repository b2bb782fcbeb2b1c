import { HashPartitioner, SparkContext, type SparkListenerEvent, TaskContext } from "@vonk/core";
import { afterEach, describe, expect, it } from "vitest";

let sc: SparkContext;

function start(executors: number, conf: Readonly<Record<string, string | number | boolean>>): SparkListenerEvent[] {
  const manager = new URL("thread-cluster.ts", import.meta.url).href;
  sc = new SparkContext({
    master: `thread:${executors}`,
    conf: { "vonk.cluster.manager": manager, "vonk.shuffle.store": "files", "vonk.task.killGrace": "50ms", ...conf },
  });
  const events: SparkListenerEvent[] = [];
  sc.addSparkListener((event) => void events.push(event));
  return events;
}
/** Waits until the executors are these. */
async function untilExecutors(ids: readonly string[]): Promise<void> {
  await expect
    .poll(async () => (await sc.statusTracker.getExecutorInfos()).map((each) => each.executorId).toSorted(), { timeout: 10_000 })
    .toEqual(ids);
}
afterEach(() => sc.stop());

describe("speculation on a cluster", () => {
  it("runs a slow task again on the other executor, whose result counts", async () => {
    const events = start(2, { "spark.speculation": true, "spark.speculation.quantile": 0.5, "spark.speculation.interval": "50ms" });
    await untilExecutors(["0", "1"]);
    const startedMs = Date.now();
    const attempts = await sc
      .range(0, 8, 1, 8)
      .mapPartitions(() => {
        const context = TaskContext.get();
        const until = Date.now() + (context?.partitionId() === 0 && context.attemptNumber() === 0 ? 20_000 : 20);
        while (Date.now() < until);
        return [context?.attemptNumber()];
      })
      .collect();
    expect(attempts[0]).toBe(1);
    expect(Date.now() - startedMs).toBeLessThan(10_000);
    expect(events).toContainEqual({
      Event: "SparkListenerSpeculativeTaskSubmitted",
      stageId: 0,
      stageAttemptId: 0,
      taskIndex: 0,
      partitionId: 0,
    });
  });

  it("leaves a task alone that only has more records than the others, not one that reads them slowly", async () => {
    const events = start(2, {
      "spark.speculation": true,
      "spark.speculation.quantile": 0.5,
      "spark.speculation.interval": "50ms",
      "spark.speculation.minTaskRuntime": "1s",
      "spark.speculation.efficiency.longRunTaskFactor": 1000,
      "spark.executor.heartbeatInterval": "100ms",
    });
    await untilExecutors(["0", "1"]);
    const partitioner = new HashPartitioner(4);
    const heavy = partitioner.getPartition(7);
    /** About a hundred records a partition; one has 20 times as many, or takes 20 times as long for each. */
    const attempts = (extra: number, slowMs: number): Promise<(number | undefined)[]> =>
      sc
        .range(0, 400, 1, 4)
        .flatMap((key) => Array.from({ length: key === 7 ? 1 + extra : 1 }, (): [number, number] => [key, 0]))
        .partitionBy(partitioner)
        .mapPartitions((records) => {
          const context = TaskContext.get();
          const isSlow = context?.partitionId() === heavy && context.attemptNumber() === 0;
          for (const _ of records) {
            const until = performance.now() + (isSlow ? slowMs : 1);
            while (performance.now() < until);
          }
          return [context?.attemptNumber()];
        })
        .collect();
    const speculated = (): unknown[] =>
      events.flatMap((event) => (event.Event === "SparkListenerSpeculativeTaskSubmitted" ? [event["partitionId"]] : []));
    await attempts(2000, 1);
    expect(speculated()).toEqual([]);
    expect((await attempts(0, 40))[heavy]).toBe(1);
    expect(speculated()).toEqual([heavy]);
  });
});

describe("executors on request", () => {
  it("come and go, and their memory is known", async () => {
    start(1, {});
    await untilExecutors(["0"]);
    expect(await sc.requestExecutors(1)).toBe(true);
    await untilExecutors(["0", "1"]);
    expect(await sc.requestTotalExecutors(3)).toBe(true);
    await untilExecutors(["0", "1", "2"]);
    const memory = await sc.getExecutorMemoryStatus();
    expect([...memory.keys()].toSorted()).toEqual(["0", "1", "2", "driver"]);
    expect(memory.get("1")?.totalBytes).toBeGreaterThan(2 ** 20);
    expect(await sc.killExecutor("1")).toBe(true);
    expect(await sc.killExecutors(["1", "nobody"])).toBe(false);
    await untilExecutors(["0", "2"]);
    expect(await sc.range(100).count()).toBe(100);
    await expect(sc.requestExecutors(-1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("do not exist in local mode, which says so", async () => {
    sc = new SparkContext({ master: "local[1]", conf: { "spark.log.level": "OFF" } });
    expect(await Promise.all([sc.requestExecutors(1), sc.requestTotalExecutors(1), sc.killExecutor("driver")])).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("exclude on failure on a cluster", () => {
  it("keeps tasks from the executor where they fail", async () => {
    const events = start(2, { "spark.excludeOnFailure.enabled": true });
    await untilExecutors(["0", "1"]);
    const places = await sc
      .range(0, 6, 1, 6)
      .mapPartitions(() => {
        const id = TaskContext.get()?.executorId();
        if (id === "0") throw new Error("this executor is broken");
        // Time for the other to start, and to fail.
        const until = Date.now() + 200;
        while (Date.now() < until);
        return [id];
      })
      .collect();
    expect(places).toEqual(["1", "1", "1", "1", "1", "1"]);
    const excluded = events.filter(({ Event }) => /Excluded/.test(Event));
    expect(excluded).toMatchObject([
      { Event: "SparkListenerExecutorExcludedForStage", executorId: "0", stageId: 0, stageAttemptId: 0 },
      { Event: "SparkListenerExecutorExcluded", executorId: "0" },
    ]);
  });

  it("replaces an executor when a task can run nowhere else", async () => {
    const events = start(1, { "spark.excludeOnFailure.enabled": true });
    const places = await sc
      .range(0, 1, 1, 1)
      .mapPartitions(() => {
        const id = TaskContext.get()?.executorId();
        if (id === "0") throw new Error("this executor is broken");
        return [id];
      })
      .collect();
    expect(places).toEqual(["1"]);
    expect(events.map(({ Event }) => Event).filter((Event) => /Unschedulable|ExecutorRemoved/.test(Event))).toEqual([
      "SparkListenerUnschedulableTaskSetAdded",
      "SparkListenerExecutorRemoved",
      "SparkListenerUnschedulableTaskSetRemoved",
    ]);
  });
});
