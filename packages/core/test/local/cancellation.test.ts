import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ActionOptions, SparkContext } from "../../src/index.ts";
import { failureOf } from "./failure-of.ts";

let sc: SparkContext;
beforeAll(() => {
  sc = new SparkContext({ master: "local[2]", conf: { "vonk.task.killGrace": "50ms" } });
});
afterAll(() => sc.stop());

/** A job of tasks that never look up. */
function spinning(tasks = 2): Promise<number> {
  return sc
    .range(0, tasks, 1, tasks)
    .map((): number => {
      for (;;);
    })
    .count();
}

function spinningWith(options: { signal?: AbortSignal; timeoutMs?: number }): Promise<number> {
  return sc
    .range(0, 2, 1, 2)
    .map((): number => {
      for (;;);
    })
    .count(options);
}

/** Both threads are there and run tasks. */
async function expectWorking(): Promise<void> {
  const sums = await Promise.all([sc.range(0, 10_000, 1, 8).reduce((a, b) => a + b), sc.range(0, 10, 1, 4).count()]);
  expect(sums).toEqual([49_995_000, 10]);
  expect(await sc.statusTracker.getActiveJobIds()).toEqual([]);
  // A job is over for its caller as soon as it is cancelled; its tasks take until they stop or are stopped.
  await expect.poll(() => sc.statusTracker.getExecutorInfos(), { timeout: 5000 }).toMatchObject([{ slots: 2, runningTasks: 0 }]);
}

async function untilRunning(tasks: number): Promise<void> {
  for (;;) {
    const stages = await sc.statusTracker.getActiveStages();
    if (stages.reduce((sum, stage) => sum + stage.numActiveTasks, 0) >= tasks) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("a task that spins is killed and its thread replaced", () => {
  test("by an AbortSignal", async () => {
    const controller = new AbortController();
    const job = failureOf(spinningWith({ signal: controller.signal }));
    await untilRunning(2);
    controller.abort(new Error("not needed any more"));
    const error = await job;
    expect(error).toMatchObject({ code: "JOB_ABORTED_BY_SIGNAL", cause: { message: "not needed any more" } });
    expect(error.message).toMatch(/Job \d+ was cancelled by its AbortSignal: not needed any more/);
    await expectWorking();
  });

  test("by timeoutMs", async () => {
    const startMs = performance.now();
    const error = await failureOf(spinningWith({ timeoutMs: 150 }));
    expect(performance.now() - startMs).toBeLessThan(2000);
    expect(error).toMatchObject({ code: "JOB_TIMEOUT", params: { timeoutMs: 150 } });
    await expectWorking();
  });

  test("by AbortSignal.timeout", async () => {
    const error = await failureOf(spinningWith({ signal: AbortSignal.timeout(100) }));
    expect(error.code).toBe("JOB_ABORTED_BY_SIGNAL");
    await expectWorking();
  });

  test("by cancelJobGroup, which leaves other groups alone", async () => {
    sc.setJobGroup("doomed", "spins");
    const doomed = failureOf(spinning(1));
    sc.setJobGroup("fine", "counts");
    const fine = sc.range(0, 100, 1, 4).count();
    sc.clearJobGroup();
    await untilRunning(1);
    await sc.cancelJobGroup("doomed");
    expect(await doomed).toMatchObject({ code: "JOB_CANCELLED" });
    expect(await fine).toBe(100);
    await expectWorking();
  });

  test("by cancelJobsWithTag", async () => {
    sc.addJobTag("slow");
    const slow = failureOf(spinning());
    sc.removeJobTag("slow");
    await untilRunning(2);
    await sc.cancelJobsWithTag("slow", "too slow");
    const error = await slow;
    expect(error.code).toBe("JOB_CANCELLED");
    expect(error.message).toContain("too slow");
    await expectWorking();
  });

  test("by cancelAllJobs, jobs that wait included", async () => {
    const jobs = [spinning(), spinning(), spinning()].map((job) => failureOf(job));
    await untilRunning(2);
    await sc.cancelAllJobs();
    for (const error of await Promise.all(jobs)) expect(error.code).toBe("JOB_CANCELLED");
    await expectWorking();
  });
});

test("a signal that was aborted before costs no task", async () => {
  const error = await failureOf(sc.range(10).count({ signal: AbortSignal.abort(new Error("too late")) }));
  expect(error).toMatchObject({ code: "JOB_ABORTED_BY_SIGNAL", cause: { message: "too late" } });
  await expectWorking();
});

describe("jobs that prepare an action end with it", () => {
  // Slow enough to be aborted, and looking up between records.
  const slow = () =>
    sc.range(0, 2, 1, 2).flatMap(function* (x): IterableIterator<[number, number]> {
      const end = performance.now() + 20_000;
      while (performance.now() < end);
      yield [x, x];
    });
  const preparations: readonly [string, (options: ActionOptions) => Promise<unknown>][] = [
    ["sortByKey", (options) => slow().sortByKey().count(options)],
    [
      "sortBy and take",
      (options) =>
        slow()
          .sortBy((pair) => pair[0])
          .take(2, options),
    ],
    ["sortByKey and lookup", (options) => slow().sortByKey().lookup(1, options)],
    [
      "sortByKey and treeAggregate",
      (options) =>
        slow()
          .sortByKey()
          .treeReduce((a) => a, 2, options),
    ],
    ["sortByKey and toLocalIterator", (options) => slow().sortByKey().toLocalIterator(false, options).next()],
    ["zipWithIndex", (options) => slow().zipWithIndex().count(options)],
    [
      "sampleByKeyExact",
      (options) =>
        slow()
          .sampleByKeyExact(false, [[1, 0.5]])
          .count(options),
    ],
  ];

  test.each(preparations)("%s, by its signal", async (_, run) => {
    const controller = new AbortController();
    const action = failureOf(run({ signal: controller.signal }));
    await untilRunning(1);
    const startMs = performance.now();
    controller.abort(new Error("not needed any more"));
    expect(await action).toMatchObject({ code: "JOB_ABORTED_BY_SIGNAL", cause: { message: "not needed any more" } });
    expect(performance.now() - startMs).toBeLessThan(1000);
    await expectWorking();
  });

  test.each(preparations)("%s, by its time-out", async (_, run) => {
    expect(await failureOf(run({ timeoutMs: 100 }))).toMatchObject({ code: "JOB_TIMEOUT", params: { timeoutMs: 100 } });
    await expectWorking();
  });

  test("the time-out is for the preparation and the action together", async () => {
    const sorted = sc
      .range(0, 2, 1, 2)
      .mapPartitions((records) => {
        const end = performance.now() + 300;
        while (performance.now() < end);
        return records.map((x): [number, number] => [x, x]);
      })
      .sortByKey();
    const startMs = performance.now();
    expect(await failureOf(sorted.count({ timeoutMs: 450 }))).toMatchObject({ code: "JOB_TIMEOUT", params: { timeoutMs: 450 } });
    expect(performance.now() - startMs).toBeLessThan(720);
    await expectWorking();
  });

  test("what two actions wait for goes on while one of them does", async () => {
    const gate = sc.range(0, 2, 1, 2).mapPartitions((records) => {
      const end = performance.now() + 300;
      while (performance.now() < end);
      return records.map((x): [number, number] => [x, x]);
    });
    const sorted = gate.sortByKey();
    const controller = new AbortController();
    const impatient = failureOf(sorted.count({ signal: controller.signal }));
    const patient = sorted.count();
    await untilRunning(1);
    controller.abort();
    expect((await impatient).code).toBe("JOB_ABORTED_BY_SIGNAL");
    expect(await patient).toBe(2);
    const given = slow().sortByKey();
    expect((await failureOf(given.count({ timeoutMs: 50 }))).code).toBe("JOB_TIMEOUT");
    expect((await failureOf(given.count({ timeoutMs: 60 }))).params).toEqual({ jobId: expect.any(Number) as number, timeoutMs: 60 });
    await expectWorking();
  });
});

test("a task that looks at isInterrupted ends by itself", async () => {
  const { TaskContext } = await import("../../src/index.ts");
  const controller = new AbortController();
  const polite = failureOf(
    sc
      .range(0, 1, 1, 1)
      .map((x) => {
        while (TaskContext.get()?.isInterrupted() === false);
        return x;
      })
      .count({ signal: controller.signal }),
  );
  await untilRunning(1);
  controller.abort();
  expect((await polite).code).toBe("JOB_ABORTED_BY_SIGNAL");
  await expectWorking();
});

test("killTaskAttempt makes the task run again", async () => {
  await using own = new SparkContext({ master: "local[1,2]", conf: { "vonk.task.killGrace": "50ms" } });
  const running = Promise.withResolvers<number>();
  own.addSparkListener((event) => {
    if (event.Event === "SparkListenerTaskStart") running.resolve((event["Task Info"] as { "Task ID": number })["Task ID"]);
  });
  const { TaskContext } = await import("../../src/index.ts");
  const job = own
    .range(1)
    .map(() => {
      while (TaskContext.get()?.attemptNumber() === 0);
      return TaskContext.get()?.attemptNumber() ?? -1;
    })
    .collect();
  expect(await own.killTaskAttempt(await running.promise)).toBe(true);
  expect(await job).toEqual([1]);
  expect(await own.killTaskAttempt(12_345)).toBe(false);
});
