import { afterAll, describe, expect, test } from "vitest";
import { HashPartitioner, SparkContext, type SparkListenerEvent } from "../index.ts";
import { ShuffleReadRDD } from "../rdd/shuffle-read-rdd.ts";
import { submitMapStage } from "./map-stages.ts";

const sc = new SparkContext({ master: "local[2]" });
afterAll(() => sc.stop());

const reducers = 4;
const pairs = sc
  .range(0, 4000, 1, 3)
  .map((x): [number, number] => [x % 10, x])
  .partitionBy(new HashPartitioner(reducers));

describe("a map stage that runs alone", () => {
  test("tells what each reducer reads, by map partition too, and is not run again", async () => {
    const tasks: string[] = [];
    const subscription = sc.addSparkListener((event: SparkListenerEvent) => {
      if (event.Event === "SparkListenerTaskEnd") tasks.push(String(event["Task Type"]));
    });
    const { bytesByPartitionId, bytesByMap } = await submitMapStage(pairs);
    expect(bytesByPartitionId).toHaveLength(reducers);
    expect(Math.min(...bytesByPartitionId)).toBeGreaterThan(100);
    expect(bytesByMap).toHaveLength(3);
    expect(bytesByPartitionId).toEqual(
      bytesByPartitionId.map((_, reducer) => (bytesByMap ?? []).reduce((sum, map) => sum + (map[reducer] ?? 0), 0)),
    );
    expect(await pairs.count()).toBe(4000);
    subscription.close();
    expect(tasks.filter((type) => type === "ShuffleMapTask")).toHaveLength(3);
  });

  test("is read in partitions of the reader's choice", async () => {
    await submitMapStage(pairs);
    const read = new ShuffleReadRDD(pairs, [
      [{ reducer: 2 }, { reducer: 0 }],
      [{ reducer: 1, maps: [0, 1] }],
      [{ reducer: 1, maps: [1, 3] }, { reducer: 3 }],
      [],
    ]);
    const parts = await read.glom().collect();
    expect(parts.flat().toSorted((a, b) => a[1] - b[1])).toEqual(Array.from({ length: 4000 }, (_, x) => [x % 10, x]));
    expect(new Set(parts[1]?.map(([, x]) => Math.floor(x / 1334)))).toEqual(new Set([0]));
    expect(parts[3]).toEqual([]);
  });
});
