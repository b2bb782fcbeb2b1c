import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SparkListenerEvent } from "@vonk/core";
import { SparkSession } from "../src/index.ts";

/*
 * What plans become when the sizes of their exchanges are known.
 */

const interpreted = {
  "spark.sql.codegen.wholeStage": "false",
  "spark.sql.shuffle.partitions": "8",
  "spark.sql.autoBroadcastJoinThreshold": "-1",
};
let spark: SparkSession;
/** Tasks of the stages that ran, by stage. */
const tasks = new Map<number, number>();

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]" }, interpreted);
  spark.sparkContext.addSparkListener((event: SparkListenerEvent) => {
    if (event.Event !== "SparkListenerTaskEnd") return;
    const stage = Number(event["Stage ID"]);
    tasks.set(stage, (tasks.get(stage) ?? 0) + 1);
  });
});
afterAll(() => spark.stop());

/** The number of tasks of each stage that a query has, and its rows. */
async function stagesOf(
  query: string,
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly stages: number[]; readonly rows: string[] }> {
  const session = spark.newSession({ ...interpreted, ...settings });
  tasks.clear();
  const rows = await (await session.sql(query)).collect();
  return { stages: [...tasks.values()], rows: rows.map((row) => row.toSeq().map(String).join()).toSorted() };
}

const grouped = "SELECT id % 7 AS k, count(*) FROM range(0, 1000, 1, 3) GROUP BY 1";
const joined = `SELECT count(*), sum(a.id) FROM range(0, 2000, 1, 3) a JOIN range(0, 4000, 2, 3) b ON a.id = b.id`;

describe("plans change between their stages", () => {
  test("small partitions of an exchange come together", async () => {
    const fixed = await stagesOf(grouped, { "spark.sql.adaptive.coalescePartitions.enabled": "false" });
    const adaptive = await stagesOf(grouped, {});
    expect(fixed.stages).toEqual([3, 8]);
    // The map side, the task that waits for it, and one partition.
    expect(adaptive.stages).toEqual([3, 1, 1]);
    expect(adaptive.rows).toEqual(fixed.rows);
    const wide = await stagesOf(grouped, {
      "spark.sql.adaptive.advisoryPartitionSizeInBytes": "1b",
      "spark.sql.adaptive.coalescePartitions.initialPartitionNum": "5",
    });
    expect(wide.stages).toEqual([3, 1, 5]);
    expect(wide.rows).toEqual(fixed.rows);
  });

  test("a side that turns out small is broadcast, and the other one is not exchanged", async () => {
    const fixed = await stagesOf(joined, { "spark.sql.adaptive.enabled": "false" });
    const exchanged = await stagesOf(joined, {});
    const broadcast = await stagesOf(joined, { "spark.sql.adaptive.autoBroadcastJoinThreshold": "10MB" });
    expect(fixed.rows).toEqual(["1000,999000"]);
    expect(exchanged.rows).toEqual(fixed.rows);
    expect(broadcast.rows).toEqual(fixed.rows);
    expect(exchanged.stages.filter((count) => count === 3)).toHaveLength(2);
    // One side's map stage; the other side's partitions are joined where they are.
    expect(broadcast.stages.slice(0, 4)).toEqual([3, 1, 8, 3]);
  });

  test("skewed partitions are split", async () => {
    const query = "SELECT count(*) FROM (SELECT 1 AS k, id FROM range(0, 3000, 1, 6)) a JOIN (SELECT id AS k FROM range(5)) b ON a.k = b.k";
    const skew = {
      "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes": "100b",
      "spark.sql.adaptive.advisoryPartitionSizeInBytes": "100b",
    };
    const split = await stagesOf(query, skew);
    const whole = await stagesOf(query, { ...skew, "spark.sql.adaptive.skewJoin.enabled": "false" });
    expect(split.rows).toEqual(["3000"]);
    expect(whole.rows).toEqual(split.rows);
    expect(Math.max(...split.stages)).toBeGreaterThan(Math.max(...whole.stages) + 3);
  });

  test("nothing is read for a side without rows", async () => {
    const query = "SELECT count(*) FROM range(0, 1000, 1, 7) a JOIN (SELECT id FROM range(9) WHERE id < 0) b ON a.id = b.id";
    const { stages, rows } = await stagesOf(query, { "spark.sql.adaptive.autoBroadcastJoinThreshold": "10MB" });
    expect(rows).toEqual(["0"]);
    expect(stages).not.toContain(7);
  });
});

test("exchanges and broadcasts are freed when their query ends", async () => {
  const free = async (): Promise<number> => (await spark.sparkContext.getExecutorMemoryStatus()).get("driver")?.freeBytes ?? 0;
  const session = spark.newSession({ ...interpreted, "spark.sql.adaptive.autoBroadcastJoinThreshold": "10MB" });
  const query =
    "SELECT a.id % 1000, count(*) FROM range(0, 200000, 1, 4) a JOIN range(0, 50, 1, 3) b ON a.id % 50 = b.id GROUP BY 1 ORDER BY 1";
  await (await session.sql(query)).collect();
  await expect.poll(free).toBe((await spark.sparkContext.getExecutorMemoryStatus()).get("driver")?.totalBytes);
});

test.each([
  [joined, {}, ["AdaptiveSparkPlan isFinalPlan=false\n+- Project", "ShuffledHashJoin"]],
  [grouped, {}, ["AdaptiveSparkPlan isFinalPlan=false\n+- Project", "HashAggregate"]],
  [grouped, { "spark.sql.adaptive.enabled": "false" }, ["== Physical Plan ==\nProject"]],
  [
    "SELECT * FROM range(9) a JOIN range(9) b ON a.id = b.id",
    { "spark.sql.autoBroadcastJoinThreshold": "10MB" },
    ["== Physical Plan ==\nBroadcastHashJoin"],
  ],
  ["SELECT id FROM range(9) ORDER BY id LIMIT 2", {}, ["== Physical Plan ==\nTakeOrderedAndProject"]],
] as const)("EXPLAIN of %s with %o", async (query, settings, parts) => {
  const session = spark.newSession({ ...interpreted, ...settings });
  const [row] = await (await session.sql(`EXPLAIN ${query}`)).collect();
  for (const part of parts) expect(row?.get(0)).toContain(part);
});
