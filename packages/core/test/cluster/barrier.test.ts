import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BarrierTaskContext, SparkContext } from "@vonk/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const manager = new URL("thread-cluster.ts", import.meta.url).href;

describe.each([
  ["in local mode", "local[3]", {}],
  ["on a cluster", "thread:3", { "vonk.cluster.manager": manager, "vonk.shuffle.store": "files" }],
])("a barrier stage %s", (_, master, conf) => {
  let sc: SparkContext;
  let folder: string;
  beforeAll(() => {
    sc = new SparkContext({ master, conf: { ...conf, "spark.scheduler.barrier.maxConcurrentTasksCheck.interval": "1s" } });
    folder = mkdtempSync(join(tmpdir(), "vonk-barrier-"));
  });
  afterAll(async () => {
    await sc.stop();
    rmSync(folder, { recursive: true });
  });

  it("lets tasks wait for each other and exchange messages", async () => {
    const gathered = await sc
      .parallelize([1, 2, 3], 3)
      .barrier()
      .mapPartitions((records) => {
        const context = BarrierTaskContext.get();
        const sum = [...records].reduce((a, b) => a + b, 0);
        context.barrier();
        const messages = context.allGather(`${context.partitionId()}:${sum}`);
        context.barrier();
        return [[messages.join(" "), context.getTaskInfos().length] as const];
      })
      .collect();
    expect(gathered).toEqual([1, 2, 3].map(() => ["0:1 1:2 2:3", 3]));
  });

  it("is run again as a whole when a task fails while others wait for it", async () => {
    const marker = join(folder, "failed");
    const attempts = await sc
      .parallelize([1, 2, 3], 3)
      .barrier()
      .mapPartitionsWithIndex((index) => {
        const context = BarrierTaskContext.get();
        if (index === 1 && !existsSync(marker)) {
          writeFileSync(marker, "");
          throw new Error("once");
        }
        context.barrier();
        return [context.stageAttemptNumber()];
      })
      .map((attempt) => [attempt, 1] as [number, number])
      .reduceByKey((a, b) => a + b, 2)
      .collect();
    expect(attempts).toEqual([[1, 3]]);
  });

  it("fails when its tasks do not make the same calls", async () => {
    const uneven = sc
      .parallelize([1, 2], 2)
      .barrier()
      .mapPartitionsWithIndex((index) => {
        if (index === 0) BarrierTaskContext.get().barrier();
        return [index];
      });
    await expect(uneven.collect()).rejects.toMatchObject({
      code: "BARRIER_STAGE_FAILED",
      message: expect.stringContaining("the task of partition 1 has ended"),
      cause: { code: "BARRIER_SYNC_FAILED" },
    });
  });

  it("refuses what it cannot run", async () => {
    const ok = sc
      .parallelize([1, 2], 2)
      .barrier()
      .mapPartitions((records) => records);
    await expect(ok.coalesce(1).count()).rejects.toMatchObject({ code: "BARRIER_CHAIN_UNSUPPORTED" });
    await expect(ok.take(1)).rejects.toMatchObject({ code: "BARRIER_CHAIN_UNSUPPORTED" });
    const outside = sc.parallelize([1], 1).map(() => BarrierTaskContext.get().partitionId());
    await expect(outside.collect()).rejects.toMatchObject({ cause: { code: "BARRIER_CONTEXT_MISSING" } });
  });
});

describe("a barrier stage with too few slots", () => {
  it.each([
    ["local[1]", {}],
    [
      "thread:1",
      { "vonk.cluster.manager": manager, "vonk.shuffle.store": "files", "spark.scheduler.barrier.maxConcurrentTasksCheck.interval": "1s" },
    ],
  ])("fails on %s", async (master, conf) => {
    await using sc = new SparkContext({ master, conf: { ...conf, "spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures": 1 } });
    const wide = sc
      .parallelize([1, 2], 2)
      .barrier()
      .mapPartitions((records) => records);
    await expect(wide.count()).rejects.toMatchObject({ code: "BARRIER_SLOTS_MISSING", params: { tasks: 2, slots: 1 } });
  });

  it("gives up waiting after spark.barrier.sync.timeout", async () => {
    await using sc = new SparkContext({
      master: "local[2]",
      conf: { "spark.barrier.sync.timeout": "1s", "spark.stage.maxConsecutiveAttempts": 1 },
    });
    const waiting = sc
      .parallelize([1, 2], 2)
      .barrier()
      .mapPartitionsWithIndex((index) => {
        const until = Date.now() + 2000;
        while (index === 1 && Date.now() < until);
        BarrierTaskContext.get().barrier();
        return [index];
      });
    await expect(waiting.collect()).rejects.toMatchObject({ message: expect.stringContaining("spark.barrier.sync.timeout") });
  });
});
