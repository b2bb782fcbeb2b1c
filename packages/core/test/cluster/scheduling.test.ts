import { SparkContext, type SparkListenerEvent, TaskContext } from "@vonk/core";
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
afterEach(() => sc.stop());

describe("speculation on a cluster", () => {
  it("runs a slow task again on the other executor, whose result counts", async () => {
    const events = start(2, { "spark.speculation": true, "spark.speculation.quantile": 0.5, "spark.speculation.interval": "50ms" });
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
    expect(attempts).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect(Date.now() - startedMs).toBeLessThan(10_000);
    expect(events.filter(({ Event }) => Event === "SparkListenerSpeculativeTaskSubmitted")).toMatchObject([
      { stageId: 0, stageAttemptId: 0, taskIndex: 0, partitionId: 0 },
    ]);
  });
});

describe("exclude on failure on a cluster", () => {
  it("keeps tasks from the executor where they fail", async () => {
    const events = start(2, { "spark.excludeOnFailure.enabled": true });
    const places = await sc
      .range(0, 6, 1, 6)
      .mapPartitions(() => {
        const id = TaskContext.get()?.executorId();
        if (id === "0") throw new Error("this executor is broken");
        return [id];
      })
      .collect();
    expect(places).toEqual(["1", "1", "1", "1", "1", "1"]);
    const excluded = events.filter(({ Event }) => /Excluded/.test(Event));
    expect(excluded).toMatchObject([
      { Event: "SparkListenerExecutorExcludedForStage", executorId: "0", taskFailures: 2, stageId: 0, stageAttemptId: 0 },
      { Event: "SparkListenerExecutorExcluded", executorId: "0", taskFailures: 2 },
    ]);
  });

  it("gives up a stage that can run nowhere", async () => {
    start(1, { "spark.excludeOnFailure.enabled": true, "spark.scheduler.excludeOnFailure.unschedulableTaskSetTimeout": "100ms" });
    const failing = sc.range(0, 1, 1, 1).map(() => {
      throw new Error("always");
    });
    await expect(failing.collect()).rejects.toMatchObject({ code: "TASK_EXCLUDED_EVERYWHERE", message: expect.stringContaining("always") });
  });
});
