import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkContext, type SparkListenerEvent, StorageLevels } from "../../src/index.ts";
import { failureOf } from "./failure-of.ts";

let scratch = "";
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "observation-test-"));
});
afterAll(() => rmSync(scratch, { recursive: true }));

function busy(ms: number): void {
  const endMs = Date.now() + ms;
  while (Date.now() < endMs);
}

describe("listener events", () => {
  test("tell a job's life in Spark's words and order", async () => {
    await using sc = new SparkContext({ master: "local[2]" });
    const events: SparkListenerEvent[] = [];
    sc.addSparkListener((event) => void events.push(event));
    sc.setJobGroup("group", "what it does");
    await sc
      .range(0, 100, 1, 4)
      .map((x): [number, number] => [x % 3, x])
      .reduceByKey((a, b) => a + b, 2)
      .collect();
    await expect.poll(() => events.at(-1)?.Event).toBe("SparkListenerJobEnd");
    const names = events
      .map((event) => event.Event.replace("SparkListener", ""))
      .filter((name) => !name.startsWith("Executor") && !name.startsWith("Block"));
    expect(names[0]).toBe("JobStart");
    expect(names.filter((name) => !name.startsWith("Task"))).toEqual([
      "JobStart",
      "StageSubmitted",
      "StageCompleted",
      "StageSubmitted",
      "StageCompleted",
      "JobEnd",
    ]);
    expect(names.filter((name) => name === "TaskStart").length).toBe(6);
    expect(names.filter((name) => name === "TaskEnd").length).toBe(6);
    const start = events.find((event) => event.Event === "SparkListenerJobStart");
    expect(start).toMatchObject({
      "Job ID": 0,
      "Stage IDs": expect.arrayContaining([0, 1]),
      Properties: { "spark.jobGroup.id": "group", "spark.job.description": "what it does" },
    });
    expect(events.at(-1)).toMatchObject({ "Job ID": 0, "Job Result": { Result: "JobSucceeded" } });
    const ends = events.filter((event) => event.Event === "SparkListenerTaskEnd");
    const written = ends.map((event) => event["Task Metrics"] as Record<string, Record<string, number>>);
    const sum = (group: string, name: string): number => written.reduce((total, metrics) => total + (metrics[group]?.[name] ?? 0), 0);
    expect(sum("Shuffle Write Metrics", "Shuffle Records Written")).toBe(12);
    expect(sum("Shuffle Read Metrics", "Total Records Read")).toBe(12);
    expect(sum("Shuffle Read Metrics", "Local Bytes Read")).toBe(sum("Shuffle Write Metrics", "Shuffle Bytes Written"));
    const types = ends.map((event) => event["Task Type"]);
    expect(types).toEqual(["ShuffleMapTask", "ShuffleMapTask", "ShuffleMapTask", "ShuffleMapTask", "ResultTask", "ResultTask"]);
  });

  test("tell why a task and its job failed", async () => {
    await using sc = new SparkContext({ master: "local[1]" });
    const events: SparkListenerEvent[] = [];
    sc.addSparkListener((event) => void events.push(event));
    await failureOf(
      sc
        .range(1)
        .map((): number => {
          throw new TypeError("boom");
        })
        .count(),
    );
    await expect.poll(() => events.at(-1)?.Event).toBe("SparkListenerJobEnd");
    const end = events.find((event) => event.Event === "SparkListenerTaskEnd");
    expect(end?.["Task End Reason"]).toMatchObject({ Reason: "ExceptionFailure", Description: "boom" });
    expect(end?.["Task Info"]).toMatchObject({ Failed: true, "Executor ID": "driver" });
    expect(events.at(-1)?.["Job Result"]).toMatchObject({ Result: "JobFailed", Exception: { Message: expect.stringContaining("boom") } });
  });

  test("tell of blocks as they are stored, moved and removed", async () => {
    await using sc = new SparkContext({ master: "local[1]" });
    const updates: Record<string, unknown>[] = [];
    sc.addSparkListener((event) => {
      if (event.Event === "SparkListenerBlockUpdated") updates.push(event["Block Updated Info"] as Record<string, unknown>);
    });
    const cached = sc.range(0, 1000, 1, 2).persist(StorageLevels.MEMORY_ONLY);
    const onDisk = sc.range(0, 1000, 1, 1).persist(StorageLevels.DISK_ONLY);
    await cached.count();
    await onDisk.count();
    const broadcast = sc.broadcast([1, 2, 3]);
    await broadcast.destroy();
    await cached.unpersist();
    await expect.poll(() => updates.length).toBe(7);
    const owner = { "Executor ID": "driver", Port: 0 };
    const size = expect.toSatisfy((bytes: number) => bytes > 0) as number;
    const inMemory = { "Use Memory": true, "Use Disk": false, Replication: 1 };
    const stored = { "Block Manager ID": owner, "Storage Level": inMemory, "Memory Size": size, "Disk Size": 0 };
    expect(updates.slice(0, 2)).toMatchObject([
      { ...stored, "Block ID": `rdd_${cached.id}_0` },
      { ...stored, "Block ID": `rdd_${cached.id}_1` },
    ]);
    expect(updates[2]).toMatchObject({ "Block ID": `rdd_${onDisk.id}_0`, "Storage Level": { "Use Disk": true }, "Disk Size": size });
    expect(updates.slice(3).map((update) => [update["Block ID"], update["Memory Size"]])).toEqual([
      [`broadcast_${broadcast.id}`, size],
      [`broadcast_${broadcast.id}`, 0],
      [`rdd_${cached.id}_0`, 0],
      [`rdd_${cached.id}_1`, 0],
    ]);
  });

  test("tell of a result that is fetched, and not of one that comes with its report", async () => {
    await using sc = new SparkContext({ master: "local[1]" });
    const events: SparkListenerEvent[] = [];
    sc.addSparkListener((event) => void events.push(event));
    await sc.range(0, 10, 1, 1).collect();
    await sc
      .range(0, 100_000, 1, 1)
      .map((x) => Math.sqrt(x))
      .collect();
    await expect.poll(() => events.filter((event) => event.Event === "SparkListenerJobEnd").length).toBe(2);
    const infos = (name: string): Record<string, number>[] =>
      events.filter((event) => event.Event === name).map((event) => event["Task Info"] as Record<string, number>);
    const [getting, ...more] = infos("SparkListenerTaskGettingResult");
    expect([getting?.["Task ID"], more]).toEqual([1, []]);
    expect(getting?.["Getting Result Time"]).toBeGreaterThan(getting?.["Launch Time"] ?? Infinity);
    expect(infos("SparkListenerTaskEnd").map((info) => info["Getting Result Time"])).toEqual([0, getting?.["Getting Result Time"]]);
  });

  test("tell what an executor's heartbeats bring", async () => {
    await using sc = new SparkContext({ master: "local[1]", conf: { "spark.executor.heartbeatInterval": "30ms" } });
    const updates: SparkListenerEvent[] = [];
    sc.addSparkListener((event) => {
      if (event.Event === "SparkListenerExecutorMetricsUpdate") updates.push(event);
    });
    await sc
      .range(0, 1, 1, 1)
      .map((x) => (busy(250), x))
      .count();
    interface Updated {
      readonly "Stage ID": number;
      readonly "Executor Metrics": Readonly<Record<string, number>>;
    }
    const told = updates.flatMap((event) => event["Executor Metrics Updated"] as Updated[]);
    expect(updates[0]).toMatchObject({ "Executor ID": "driver", "Metrics Updated": [] });
    expect(told.map((update) => update["Stage ID"])).toContain(0);
    // A thread that is still starting tells of no heap yet.
    expect(Math.max(...told.map((update) => update["Executor Metrics"]["JVMHeapMemory"] ?? 0))).toBeGreaterThan(2 ** 20);
  });

  test("a closed subscription hears nothing more", async () => {
    await using sc = new SparkContext({ master: "local[1]" });
    let heard = 0;
    const subscription = sc.addSparkListener(() => void heard++);
    await sc.range(1).count();
    await expect.poll(() => heard).toBeGreaterThan(4);
    subscription.close();
    const before = heard;
    await sc.range(1).count();
    expect(heard).toBe(before);
  });
});

describe("the event log", () => {
  test("is a file of JSON lines that begins and ends as Spark's", async () => {
    const dir = join(scratch, "events");
    const sc = new SparkContext({
      master: "local[2]",
      appName: "logged",
      conf: { "spark.eventLog.enabled": true, "spark.eventLog.dir": dir, "spark.my.password": "hush" },
    });
    await sc.range(0, 10, 1, 2).count();
    expect(readdirSync(dir)).toEqual([`${sc.applicationId}.inprogress`]);
    await sc.stop();
    expect(readdirSync(dir)).toEqual([sc.applicationId]);
    const text = readFileSync(join(dir, sc.applicationId), "utf8");
    const events = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as SparkListenerEvent);
    expect(events[0]?.Event).toBe("SparkListenerLogStart");
    expect(events.find((event) => event.Event === "SparkListenerApplicationStart")).toMatchObject({
      "App Name": "logged",
      "App ID": sc.applicationId,
    });
    expect(events.at(-1)?.Event).toBe("SparkListenerApplicationEnd");
    expect(events.filter((event) => event.Event === "SparkListenerTaskEnd").length).toBe(2);
    expect(text).not.toContain("hush");
  });
});

describe("the event log's settings", () => {
  async function logged(conf: Readonly<Record<string, string | boolean>>): Promise<readonly SparkListenerEvent[]> {
    const dir = mkdtempSync(join(scratch, "settings-"));
    const always = { "spark.eventLog.enabled": true, "spark.eventLog.dir": dir, "spark.executor.heartbeatInterval": "30ms" };
    const sc = new SparkContext({ master: "local[1]", conf: { ...always, ...conf } });
    await sc
      .range(0, 10, 1, 1)
      .map((x) => (busy(20), x))
      .cache()
      .count();
    await sc.stop();
    const lines = readFileSync(join(dir, sc.applicationId), "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as SparkListenerEvent);
  }
  const namesOf = (events: readonly SparkListenerEvent[]): Set<string> => new Set(events.map((event) => event.Event));

  test("block updates and metrics are left out", async () => {
    const events = await logged({});
    const names = namesOf(events);
    expect(names).toContain("SparkListenerExecutorAdded");
    expect(names).not.toContain("SparkListenerBlockUpdated");
    expect(names).not.toContain("SparkListenerExecutorMetricsUpdate");
    expect(names).not.toContain("SparkListenerStageExecutorMetrics");
    const added = events.find((event) => event.Event === "SparkListenerBlockManagerAdded");
    expect(added).toMatchObject({ "Block Manager ID": { "Executor ID": "driver" }, "Maximum Onheap Memory": 0 });
    expect(added?.["Maximum Memory"]).toBeGreaterThan(2 ** 20);
  });

  test("unless they are asked for; of metrics the peaks by stage", async () => {
    const events = await logged({ "spark.eventLog.logBlockUpdates.enabled": true, "spark.eventLog.logStageExecutorMetrics": true });
    expect(namesOf(events)).toContain("SparkListenerBlockUpdated");
    expect(namesOf(events)).not.toContain("SparkListenerExecutorMetricsUpdate");
    expect(events.filter((event) => event.Event === "SparkListenerStageExecutorMetrics")).toMatchObject([
      {
        "Executor ID": "driver",
        "Stage ID": 0,
        "Stage Attempt ID": 0,
        "Executor Metrics": { OffHeapUnifiedMemory: expect.any(Number) as number },
      },
    ]);
  });
});

describe("statusTracker", () => {
  test("shows running jobs by group and tag, their stages and counts", async () => {
    await using sc = new SparkContext({ master: "local[2]" });
    sc.setJobGroup("watched", "");
    sc.addJobTag("tagged");
    const job = sc
      .range(0, 6, 1, 6)
      .map((x) => (busy(60), x))
      .count();
    sc.clearJobGroup();
    sc.clearJobTags();
    await expect.poll(() => sc.statusTracker.getActiveJobIds(), { interval: 2, timeout: 10_000 }).toEqual([0]);
    expect(await sc.statusTracker.getJobIdsForGroup("watched")).toEqual([0]);
    expect(await sc.statusTracker.getJobIdsForGroup()).toEqual([]);
    expect(await sc.statusTracker.getJobIdsForTag("tagged")).toEqual([0]);
    expect(await sc.statusTracker.getJobInfo(0)).toMatchObject({ status: "RUNNING", stageIds: [0] });
    await expect.poll(async () => (await sc.statusTracker.getStageInfo(0))?.numActiveTasks).toBeGreaterThan(0);
    expect(await sc.statusTracker.getStageInfo(0)).toMatchObject({ numTasks: 6, state: "running" });
    expect(await job).toBe(6);
    expect(await sc.statusTracker.getJobInfo(0)).toMatchObject({ status: "SUCCEEDED" });
    expect(await sc.statusTracker.getStageInfo(0)).toMatchObject({
      numTasks: 6,
      numActiveTasks: 0,
      numCompletedTasks: 6,
      numFailedTasks: 0,
    });
    expect(await sc.statusTracker.getActiveStageIds()).toEqual([]);
    expect(await sc.statusTracker.getJobInfo(99)).toBeUndefined();
  });
});

describe("FAIR pools", () => {
  test("let a small job through beside a large one", async () => {
    const file = join(scratch, "pools.json");
    writeFileSync(file, JSON.stringify([{ name: "small", schedulingMode: "FIFO", weight: 1, minShare: 1 }]));
    const conf = { "spark.scheduler.mode": "FAIR", "spark.scheduler.allocation.file": file };
    await using sc = new SparkContext({ master: "local[2]", conf });
    expect(await sc.getPoolForName("small")).toMatchObject({ weight: 1, minShare: 1 });
    await sc.range(0, 4, 1, 4).count();
    const large = sc
      .range(0, 100, 1, 100)
      .map((x) => (busy(20), x))
      .count();
    sc.setLocalProperty("spark.scheduler.pool", "small");
    const small = sc
      .range(0, 2, 1, 2)
      .map((x) => (busy(20), x))
      .count();
    sc.setLocalProperty("spark.scheduler.pool", undefined);
    const first = await Promise.race([large.then(() => "large"), small.then(() => "small")]);
    expect(first).toBe("small");
    const { numCompletedTasks } = (await sc.statusTracker.getStageInfo(1)) ?? { numCompletedTasks: -1 };
    expect(numCompletedTasks).toBeLessThan(50);
    expect(await large).toBe(100);
  });

  test("FIFO runs jobs in the order of their submission", async () => {
    await using sc = new SparkContext({ master: "local[2]" });
    await sc.range(0, 4, 1, 4).count();
    const large = sc
      .range(0, 20, 1, 20)
      .map((x) => (busy(10), x))
      .count();
    await expect.poll(() => sc.statusTracker.getActiveJobIds(), { interval: 2 }).toEqual([1]);
    expect(await sc.range(0, 2, 1, 2).count()).toBe(2);
    // The last tasks of the first job may still run when those of the second begin.
    const stage = await sc.statusTracker.getStageInfo(1);
    expect((stage?.numCompletedTasks ?? 0) + (stage?.numActiveTasks ?? 0)).toBe(20);
    expect(await large).toBe(20);
  });
});

test("actions called one after the other are submitted in that order", async () => {
  await using sc = new SparkContext({ master: "local[1]" });
  const jobs: string[] = [];
  sc.addSparkListener((event) => {
    if (event.Event === "SparkListenerJobStart") jobs.push((event["Properties"] as Record<string, string>)["spark.job.description"] ?? "");
  });
  sc.setJobDescription("first");
  const first = sc
    .range(4)
    .map((x) => x + 1)
    .map((x) => [x])
    .count();
  sc.setJobDescription("second");
  const second = sc.range(4).count();
  await Promise.all([first, second]);
  await expect.poll(() => jobs).toEqual(["first", "second"]);
});
