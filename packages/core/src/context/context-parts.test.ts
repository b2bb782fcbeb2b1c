import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EventLog } from "../listener/event-log.ts";
import { progressLine } from "../listener/console-progress.ts";
import { SparkConf } from "../config/spark-conf.ts";
import { coreConfig } from "../config/core-config.ts";
import { readPools } from "./fair-pools.ts";
import { LocalProperties } from "./job-properties.ts";
import { makeLocalFolder, sweepLocalFolders } from "./local-folders.ts";
import { clusterManagerURL } from "../cluster/find-cluster-manager.ts";
import { parseMaster } from "./master-url.ts";
import { SparkFiles } from "./spark-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "context-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("parseMaster", () => {
  it.each([
    ["local", 1, 1],
    ["local[3]", 3, 1],
    ["local[3,2]", 3, 2],
    ["local[*]", availableParallelism(), 1],
    ["local[*, 4]", availableParallelism(), 4],
  ])("reads %s", (master, cores, maxFailures) => {
    expect(parseMaster(master)).toEqual({ kind: "local", cores, maxFailures });
  });

  it.each(["", "local[0]", "local[2,0]", "local[-1]", "lokal", "local[x]"])("refuses '%s'", (master) => {
    expect(() => parseMaster(master)).toThrow(expect.objectContaining({ code: "MASTER_URL_INVALID" }));
  });

  it("names the package of other masters", () => {
    expect(parseMaster("yarn")).toEqual({ kind: "cluster", url: "yarn", packageName: "@vonk/cluster-yarn" });
    expect(() => clusterManagerURL("yarn", "@vonk/cluster-yarn", process.cwd())).toThrow(/npm install @vonk\/cluster-yarn/);
  });
});

describe("local folders", () => {
  it("sweeps folders of dead processes and leaves the others", () => {
    const mine = makeLocalFolder(folder, "app-1");
    const dead = makeLocalFolder(folder, "app-2");
    // Process ids end far below this on Linux.
    writeFileSync(join(dead, "owner.pid"), "4194305");
    mkdirSync(join(folder, "vonk-without-owner"));
    mkdirSync(join(folder, "something-else"));
    expect(sweepLocalFolders(folder)).toEqual(["vonk-app-2"]);
    expect(existsSync(mine)).toBe(true);
    expect(existsSync(join(folder, "vonk-without-owner"))).toBe(true);
    expect(existsSync(join(folder, "something-else"))).toBe(true);
  });
});

describe("readPools", () => {
  it("reads pools with defaults", () => {
    const path = join(folder, "pools.json");
    writeFileSync(path, JSON.stringify([{ name: "etl", schedulingMode: "FAIR", weight: 2 }, { name: "adhoc" }]));
    expect(readPools(path)).toEqual([
      { name: "etl", mode: "FAIR", weight: 2, minShare: 0 },
      { name: "adhoc", mode: "FIFO", weight: 1, minShare: 0 },
    ]);
  });

  it.each(["not json", "{}", '[{"weight": 1}]', '[{"name": "a", "weight": 0}]'])("refuses %s", (text) => {
    const path = join(folder, "pools.json");
    writeFileSync(path, text);
    expect(() => readPools(path)).toThrow(expect.objectContaining({ code: "CONTEXT_OPTION_INVALID" }));
  });
});

describe("SparkConf", () => {
  it("reads entries with units, and refuses what is not of their form", () => {
    const conf = new SparkConf({ "spark.executor.memory": "512m", "spark.locality.wait": "2s" });
    expect(conf.read(coreConfig.executorMemory)).toBe(512 * 2 ** 20);
    expect(conf.read(coreConfig.localityWait)).toBe(2000);
    expect(() => conf.set("spark.memory.fraction", "1.5").read(coreConfig.memoryFraction)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID_VALUE" }),
    );
  });

  it("says what is missing and hides secrets", () => {
    const conf = new SparkConf({ "spark.my.password": "hunter2" });
    expect(() => conf.get("spark.nothing")).toThrow(expect.objectContaining({ code: "KEY_NOT_FOUND" }));
    expect(conf.toDebugString()).not.toContain("hunter2");
  });
});

describe("LocalProperties", () => {
  it("joins tags and forgets what is unset", () => {
    const properties = new LocalProperties();
    properties.setGroup("g", "what it does");
    properties.addTag("a");
    properties.addTag("b");
    expect(properties.snapshot()).toEqual({ "spark.jobGroup.id": "g", "spark.job.description": "what it does", "spark.job.tags": "a,b" });
    properties.clearGroup();
    properties.clearTags();
    expect(properties.snapshot()).toEqual({});
  });
});

describe("EventLog", () => {
  it("is in progress until it is closed, one event a line", () => {
    const log = new EventLog(join(folder, "events"), "app-1");
    log.append({ Event: "SparkListenerJobStart", "Job ID": 1 });
    log.append({ Event: "SparkListenerJobEnd", "Job ID": 1 });
    const unfinished = readFileSync(join(folder, "events", "app-1.inprogress"), "utf8");
    expect(unfinished.split("\n")).toHaveLength(3);
    log.close();
    const lines = readFileSync(join(folder, "events", "app-1"), "utf8")
      .trim()
      .split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { Event: string }).Event)).toEqual(["SparkListenerJobStart", "SparkListenerJobEnd"]);
  });
});

describe("progressLine", () => {
  it("fits the width and shows done, active and all tasks", () => {
    const stage = { stageId: 3, attempt: 0, name: "count", state: "running", numFailedTasks: 0, submittedAtMs: 0 } as const;
    const line = progressLine([{ ...stage, numTasks: 40, numActiveTasks: 2, numCompletedTasks: 20 }], 60);
    expect(line).toMatch(/^\[Stage 3:=+> +\(20 \+ 2\) \/ 40\]$/);
    expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe("SparkFiles", () => {
  it("needs a running context", () => {
    expect(() => SparkFiles.get("x")).toThrow(expect.objectContaining({ code: "CONTEXT_STOPPED" }));
  });
});
