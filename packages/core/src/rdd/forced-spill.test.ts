import { afterAll, expect, test } from "vitest";
import { SparkContext, type SparkListenerEvent } from "../index.ts";

// Every operator spills after 50 records, and moves 16 at once.
const sc = new SparkContext({
  master: "local[2]",
  conf: { "spark.shuffle.spill.numElementsForceSpillThreshold": "50", "vonk.batch.records": "16" },
});
afterAll(() => sc.stop());

test("operators spill after so many records, and give the same", async () => {
  let diskBytes = 0;
  const subscription = sc.addSparkListener((event: SparkListenerEvent) => {
    if (event.Event === "SparkListenerTaskEnd")
      diskBytes += (event["Task Metrics"] as Readonly<Record<string, number>> | undefined)?.["Disk Bytes Spilled"] ?? 0;
  });
  const count = 20_000;
  const pairs = sc.range(0, count, 1, 3).map((x): [string, number] => [`k${(x * 7919) % 5000}`, x]);
  // More runs than are merged at once.
  const sorted = await pairs.sortByKey(true, 2).keys().collect();
  expect(sorted).toEqual(sorted.toSorted());
  expect(sorted).toHaveLength(count);
  const sums = await pairs.reduceByKey((a, b) => a + b, 2).collect();
  expect(sums).toHaveLength(5000);
  expect(sums.reduce((total, [, sum]) => total + sum, 0)).toBe((count * (count - 1)) / 2);
  expect(
    await pairs
      .join(
        pairs.filter(([, x]) => x < 100),
        2,
      )
      .count(),
  ).toBe(400);
  subscription.close();
  expect(diskBytes).toBeGreaterThan(100_000);
});
