import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkContext } from "../../src/index.ts";
import { codesOf, failureOf } from "./failure-of.ts";

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
  expect([...codesOf(error), error.message].join(" ")).toMatch(/JOB_ABORTED_BY_SIGNAL|too late/);
  await expectWorking();
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
