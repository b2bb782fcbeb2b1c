import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SparkListenerEvent } from "@vonk/core";
import { SparkSession } from "../index.ts";

/*
 * Operators that spill after a few rows give what those give that never do, however plans change between stages.
 */

const exchanged = {
  "spark.sql.codegen.wholeStage": "false",
  "spark.sql.shuffle.partitions": "3",
  "spark.sql.autoBroadcastJoinThreshold": "-1",
};

/** Sessions of the application whose operators spill. */
const ways = {
  "fixed plans": { ...exchanged, "spark.sql.adaptive.enabled": "false" },
  "one partition": { ...exchanged, "spark.sql.shuffle.partitions": "1" },
  "coalesced partitions": exchanged,
  "skewed partitions split": {
    ...exchanged,
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": "1b",
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    "spark.sql.adaptive.skewJoin.skewedPartitionFactor": "0",
    "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes": "1b",
  },
  "broadcast after the exchange": { ...exchanged, "spark.sql.adaptive.autoBroadcastJoinThreshold": "10MB" },
  "broadcast when the left side is small": { ...exchanged, "spark.sql.adaptive.autoBroadcastJoinThreshold": "700b" },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

const joins = [
  "SELECT * FROM a JOIN b ON a.k = b.k",
  "SELECT * FROM a JOIN b ON a.k = b.k AND a.x < b.x",
  "SELECT a.x, b.x FROM b JOIN a ON a.k = b.k AND a.s = b.s",
  "SELECT * FROM a LEFT JOIN b ON a.k = b.k AND a.x <> b.x",
  "SELECT * FROM a RIGHT JOIN b ON a.k = b.k",
  "SELECT * FROM a FULL JOIN b ON a.k = b.k AND a.x < b.x",
  "SELECT * FROM a FULL JOIN b ON a.x < b.x",
  "SELECT * FROM a LEFT SEMI JOIN b ON a.k = b.k AND a.x < b.x",
  "SELECT * FROM a LEFT ANTI JOIN b ON a.k <=> b.k",
  "SELECT * FROM a LEFT JOIN b ON a.x < b.x - 3",
  "SELECT * FROM a WHERE k NOT IN (SELECT k FROM b)",
  "SELECT * FROM a WHERE k NOT IN (SELECT k FROM b WHERE k IS NOT NULL AND x > 2)",
  "SELECT x, k IN (SELECT k FROM b) FROM a",
  "SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.x > a.x)",
];
const groups = [
  "SELECT k, count(*), sum(x), min(s), avg(x) FROM a GROUP BY k",
  "SELECT s, sum(x), collect_set(k) = collect_set(k) FROM a GROUP BY s",
  "SELECT k, count(DISTINCT s), sum(DISTINCT x), count(s), max(x) FROM a GROUP BY k",
  "SELECT count(DISTINCT k), count(DISTINCT k, s), sum(x) FROM a",
  "SELECT count(DISTINCT s) FILTER (WHERE x > 3), count(DISTINCT x) FROM a WHERE x > 90",
  "SELECT k, count(DISTINCT s) FILTER (WHERE x > 3), sum(x) FILTER (WHERE x > 5) FROM a GROUP BY k",
  "SELECT k, s, count(*) FROM a GROUP BY CUBE (k, s)",
  "SELECT DISTINCT k, s FROM a",
  "SELECT k, s FROM a INTERSECT ALL SELECT k, s FROM b",
  "SELECT k, s FROM a EXCEPT ALL SELECT k, s FROM b",
  "SELECT k FROM a INTERSECT SELECT k FROM b",
  "SELECT k FROM a EXCEPT SELECT k FROM b",
];
const orders = [
  "SELECT * FROM a ORDER BY k DESC NULLS LAST, x, s",
  "SELECT * FROM a ORDER BY s, x DESC, k LIMIT 7",
  "SELECT k, x, s, row_number() OVER (PARTITION BY k ORDER BY x, s) FROM a",
  "SELECT x, s, k, sum(x) OVER (ORDER BY x, s, k ROWS BETWEEN 9 PRECEDING AND 1 FOLLOWING) FROM a",
  "SELECT x, rank() OVER (ORDER BY x), lag(x, 3) OVER (ORDER BY x, k), count(DISTINCT s) OVER (PARTITION BY k) FROM a",
  "SELECT k, sum(x) OVER (PARTITION BY k ORDER BY x RANGE BETWEEN 2 PRECEDING AND CURRENT ROW), ntile(3) OVER (ORDER BY x, k) FROM a",
];

const row = fc.tuple(
  fc.option(fc.integer({ min: 0, max: 6 }), { nil: null }),
  fc.integer({ min: 0, max: 30 }),
  fc.option(fc.constantFrom("", "p", "q", "a longer text than the others"), { nil: null }),
);
const rows = fc.array(row, { minLength: 0, maxLength: 60 });
/** One key that most rows have. */
const skewed = rows.map((list) => list.map(([k, x, s], index) => [index % 5 === 0 ? k : 1, x, s] as const));
const table = fc.oneof(rows, skewed);

let plain: SparkSession;
let spilling: SparkSession;
const sessions = new Map<string, SparkSession>();
let spilledBytes = 0;

beforeAll(() => {
  plain = new SparkSession({ master: "local[1]" }, { "spark.sql.codegen.wholeStage": "false" });
  const conf = { "spark.shuffle.spill.numElementsForceSpillThreshold": "5", "vonk.batch.records": "3" };
  spilling = new SparkSession({ master: "local[2]", conf });
  spilling.sparkContext.addSparkListener((event: SparkListenerEvent) => {
    if (event.Event === "SparkListenerTaskEnd")
      spilledBytes += (event["Task Metrics"] as Readonly<Record<string, number>> | undefined)?.["Disk Bytes Spilled"] ?? 0;
  });
  for (const [name, settings] of Object.entries(ways)) sessions.set(name, spilling.newSession(settings));
});
afterAll(() => Promise.all([plain.stop(), spilling.stop()]));

async function linesOf(session: SparkSession, query: string): Promise<string[]> {
  const lines = (await (await session.sql(query)).collect()).map((each) =>
    JSON.stringify(each.toSeq(), (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value)),
  );
  return query.includes(") OVER (") || !query.includes("ORDER BY") ? lines.toSorted() : lines;
}

async function same(queries: readonly string[], a: readonly (readonly unknown[])[], b: readonly (readonly unknown[])[]): Promise<void> {
  for (const session of [plain, ...sessions.values()]) {
    session.createDataFrame(a, "k INT, x INT, s STRING").createOrReplaceTempView("a");
    session.createDataFrame(b, "k INT, x INT, s STRING").createOrReplaceTempView("b");
  }
  for (const query of queries) {
    const expected = await linesOf(plain, query);
    for (const [name, session] of sessions) expect(await linesOf(session, query), `${name}: ${query}`).toEqual(expected);
  }
}

describe("operators that spill after a few rows give the same", () => {
  // Drawn tables may all be small: the first ones spill for certain.
  type Row = [number, number, "a longer text than the others"];
  const many = Array.from({ length: 60 }, (_, index): Row => [index % 5, index % 29, "a longer text than the others"]);
  const examples: [Row[], Row[]][] = [[many, many]];
  const runs = { numRuns: 4, examples };
  const timeout = 120_000;

  test("joins", { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(table, table, (a, b) => same(joins, a, b)),
      runs,
    );
    await expect.poll(() => spilledBytes).toBeGreaterThan(0);
  });

  test("aggregates and set operations", { timeout }, async () => {
    const before = spilledBytes;
    await fc.assert(
      fc.asyncProperty(table, table, (a, b) => same(groups, a, b)),
      runs,
    );
    await expect.poll(() => spilledBytes).toBeGreaterThan(before);
  });

  test("keys by the hundred, for which parts are split again", { timeout }, async () => {
    const of = (from: number, step: number): (number | string | null)[][] =>
      Array.from({ length: 300 }, (_, at) => [
        at % 11 === 0 ? null : (from + at * step) % 151,
        (at * 7919) % 601,
        at % 13 === 0 ? null : `s${at % 90}`,
      ]);
    await same([...joins.filter((query) => query.includes("= b.k") || query.includes("IN (")), ...groups, ...orders], of(0, 1), of(40, 3));
    for (const session of [plain, ...sessions.values()]) {
      const first = await session.table("a").dropDuplicates(["k"]).collect();
      expect(new Set(first.map((each) => each.get(0))).size).toBe(152);
      expect(first).toHaveLength(152);
    }
  });

  test("sorts and windows", { timeout }, async () => {
    const before = spilledBytes;
    await fc.assert(
      fc.asyncProperty(table, table, (a, b) => same(orders, a, b)),
      runs,
    );
    await expect.poll(() => spilledBytes).toBeGreaterThan(before);
  });
});
