import { CustomRDD, type RDD, SparkContext } from "@vonk/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let sc: SparkContext;
beforeAll(() => {
  sc = new SparkContext({ master: "local[2]" });
});
afterAll(() => sc.stop());

/** What each RDD of a lineage does to the order of its records, nearest first. */
async function effects(rdd: RDD<unknown>): Promise<(string | undefined)[]> {
  const { effect, dependencies } = await rdd.prepare();
  const [first] = dependencies;
  return first === undefined ? [effect] : [effect, ...(await effects(first.rdd))];
}

describe("repartition", () => {
  it("places records by position, the same ones each time: shuffles are read in the order of maps and of writing", async () => {
    const dealt = sc
      .range(0, 1000, 1, 7)
      .map((n) => [n % 10, n] as const)
      .repartition(5)
      .values()
      .repartition(3);
    const first = await dealt.glom().collect();
    for (let again = 0; again < 3; again++) expect(await dealt.glom().collect()).toEqual(first);
    expect(await effects(dealt)).toEqual([undefined, "orderSensitive", undefined, undefined, "orderSensitive", undefined, undefined]);
  });

  it("depends on an order that nobody promises after keys were combined, unless they were sorted", async () => {
    const counts = sc
      .range(0, 100, 1, 2)
      .map((n) => [n % 10, n] as [number, number])
      .reduceByKey((a, b) => a + b);
    expect(await effects(counts.repartition(3))).toEqual([undefined, "orderSensitive", "unordered", undefined, undefined]);
    expect(await effects(counts.join(counts))).toEqual(["unordered", "unordered", undefined, undefined]);
    expect((await effects(sc.range(3).zip(sc.range(3))))[0]).toBe("orderSensitive");
    expect((await effects(sc.range(3).zipWithIndex()))[0]).toBe("orderSensitive");
    expect((await effects(sc.range(3).sample(false, 0.5)))[0]).toBe("orderSensitive");
    expect((await effects(counts.distinct()))[0]).toBe("unordered");
  });
});

class Feed extends CustomRDD<number, number> {
  override getPartitions(): number[] {
    return [1, 2];
  }
  override getOutputDeterministicLevel(): "INDETERMINATE" {
    return "INDETERMINATE";
  }
  override compute(partition: number): number[] {
    return [partition];
  }
}

describe("an RDD of one's own", () => {
  it("may say that it is computed otherwise each time", async () => {
    const feed = new Feed(sc);
    expect(await effects(feed)).toEqual(["indeterminate"]);
    expect(await feed.map((n) => n + 1).collect()).toEqual([2, 3]);
  });
});
