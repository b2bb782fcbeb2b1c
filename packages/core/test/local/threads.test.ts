import { SparkContext } from "@vonk/core";
import { describe, expect, it } from "vitest";

describe("threads that end", () => {
  it("fails the task that ends its thread, names it, and goes on with a new thread", async () => {
    await using sc = new SparkContext({ master: "local[2]", appName: "threads" });
    const failure = await sc
      .range(0, 4, 1, 2)
      .foreach((number) => {
        if (number === 3) process.exit(7);
      })
      .then(
        () => undefined,
        (error: unknown) => error as Error & { code: string },
      );
    expect(failure?.code).toBe("TASK_FAILED");
    expect(failure?.message).toContain("partition 1");
    expect(failure?.cause).toMatchObject({ code: "EXECUTOR_THREAD_LOST" });
    expect(await sc.range(100).count()).toBe(100);
  });

  it("fails running jobs when the service thread ends", async () => {
    const conf = { "spark.eventLog.enabled": true, "spark.eventLog.dir": `${import.meta.filename}/below-a-file` };
    const sc = new SparkContext({ master: "local[1]", appName: "threads", conf });
    await expect(sc.range(10).count()).rejects.toMatchObject({ code: "DRIVER_THREAD_LOST" });
    expect(sc.isStopped).toBe(true);
    await sc.stop();
  });

  it("kills one attempt, which is tried again", async () => {
    await using sc = new SparkContext({ master: "local[2,3]", appName: "threads" });
    const started: number[] = [];
    const kills: Promise<boolean>[] = [];
    const reasons: unknown[] = [];
    using _listener = toDisposable(
      sc.addSparkListener((event) => {
        if (event.Event === "SparkListenerTaskEnd") reasons.push((event["Task End Reason"] as { Reason: string }).Reason);
        if (event.Event !== "SparkListenerTaskStart") return;
        const taskId = (event["Task Info"] as { "Task ID": number })["Task ID"];
        started.push(taskId);
        if (started.length === 1) kills.push(sc.killTaskAttempt(taskId, "for the test"));
      }),
    );
    const counts = await sc.runJob(sc.range(0, 200, 1, 1), (records) => {
      const end = Date.now() + 300;
      while (Date.now() < end);
      return [...records].length;
    });
    expect(counts).toEqual([200]);
    expect(await Promise.all(kills)).toEqual([true]);
    expect(reasons).toEqual(["TaskKilled", "Success"]);
  });

  it("lets a task of a job that was cancelled without interruption end by itself", async () => {
    await using sc = new SparkContext({ master: "local[1]", appName: "threads" });
    sc.setInterruptOnCancel(false);
    const seen: unknown[] = [];
    using _listener = toDisposable(
      sc.addSparkListener((event) => {
        if (event.Event === "SparkListenerTaskEnd") seen.push(event["Task End Reason"]);
      }),
    );
    const job = sc.range(0, 1_000_000, 1, 1).map((number) => {
      const end = Date.now() + (number === 0 ? 900 : 0);
      while (Date.now() < end);
      return number;
    });
    await expect(job.count({ timeoutMs: 200 })).rejects.toMatchObject({ code: "JOB_TIMEOUT" });
    sc.setInterruptOnCancel(true);
    expect(await sc.range(5).count()).toBe(5);
    // TASK_KILLED is what the task itself met at the end of its batch; the listener sees the reason of the kill.
    expect(seen[0]).toMatchObject({ Reason: "TaskKilled", "Kill Reason": expect.stringContaining("200 ms") });
  });
});

describe("job groups", () => {
  it("refuses future jobs of a group that was cancelled with them", async () => {
    await using sc = new SparkContext({ master: "local[1]", appName: "groups" });
    sc.setJobGroup("g", "a group");
    expect(await sc.range(3).count()).toBe(3);
    await sc.cancelJobGroupAndFutureJobs("g");
    await expect(sc.range(3).count()).rejects.toMatchObject({ code: "JOB_GROUP_CANCELLED" });
    sc.clearJobGroup();
    expect(await sc.range(3).count()).toBe(3);
  });
});

function toDisposable(subscription: { close(): void }): Disposable {
  return { [Symbol.dispose]: () => subscription.close() };
}
