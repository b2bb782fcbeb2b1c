import { afterAll, describe, expect, test } from "vitest";
import { SparkContext, type SparkListenerEvent } from "../index.ts";

// The least memory there is: heaps above 48 MiB spill.
const sc = new SparkContext({ master: "local[2]", conf: { "spark.executor.memory": "32m" } });
afterAll(() => sc.stop());

const records = 400_000;
/** Pairs that together take about 150 MB of heap. */
const wide = sc.range(0, records, 1, 2).map((x): [number, string] => [x, `${x}`.padStart(150, ".")]);

/** Runs a job and tells how many bytes of its tasks went to disk. */
async function spilledBy<R>(job: () => Promise<R>): Promise<{ readonly result: R; readonly diskBytes: number }> {
  let diskBytes = 0;
  const subscription = sc.addSparkListener((event: SparkListenerEvent) => {
    if (event.Event === "SparkListenerTaskEnd")
      diskBytes += (event["Task Metrics"] as Readonly<Record<string, number>> | undefined)?.["Disk Bytes Spilled"] ?? 0;
  });
  const result = await job();
  subscription.close();
  return { result, diskBytes };
}

describe("with a heap that is too small", () => {
  test("joins", async () => {
    const right = sc.range(0, records, 3, 2).map((x): [number, number] => [x * 2, x]);
    const inner = await spilledBy(() =>
      wide
        .join(right, 2)
        .map(([key, [text, x]]) => Number(key === x * 2 && Number(text.replaceAll(".", "")) === key))
        .sum(),
    );
    const matching = Math.ceil(records / 2 / 3);
    expect(inner.result).toBe(matching);
    expect(inner.diskBytes).toBeGreaterThan(1e6);
    expect(
      await wide
        .leftOuterJoin(right, 2)
        .filter(([, [, x]]) => x === undefined)
        .count(),
    ).toBe(records - matching);
    expect(await wide.fullOuterJoin(right, 2).count()).toBe(records + Math.ceil(records / 3) - matching);
  });

  test("groups", async () => {
    const few = wide.map(([key, text]): [number, string] => [key % 5000, text]);
    expect(
      await few
        .groupByKey(2)
        .map(([, texts]) => texts.length)
        .sum(),
    ).toBe(records);
    expect(await few.groupByKey(2).count()).toBe(5000);
    const both = few.cogroup(wide, 2);
    expect(await both.map(([, [a, b]]) => a.length + b.length).sum()).toBe(2 * records);
    expect(await both.count()).toBe(records);
  });

  test("sorts and drops repeats", async () => {
    const sorted = wide.map(([key, text]): [string, number] => [text.slice(50) + ((key * 7919) % records), key]).sortByKey(true, 2);
    const inOrder = sorted.mapPartitions((pairs) => {
      let [last, count] = ["", 0];
      for (const [key] of pairs) {
        if (key < last) throw new Error("out of order");
        last = key;
        count++;
      }
      return [count];
    });
    expect(await inOrder.sum()).toBe(records);
    expect(await wide.values().union(wide.values()).distinct(2).count()).toBe(records);
  });
});
