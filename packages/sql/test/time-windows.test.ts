import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { functions as F, SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(async () => {
  spark = new SparkSession({ master: "local[2]", appName: "time-windows.test" });
  await spark.sql(`CREATE TEMP VIEW event AS SELECT * FROM VALUES ('a', TIMESTAMP'2020-01-01 00:00:30', 1), ('a', TIMESTAMP'2020-01-01 00:04:00', 2),
    ('b', TIMESTAMP'2020-01-01 00:06:00', 3), ('a', TIMESTAMP'2020-01-01 00:10:00', 4), ('a', NULL, 5) AS t(k, ts, v)`);
});

afterAll(() => spark.stop());

async function rows(text: string): Promise<unknown[][]> {
  return (await (await spark.sql(text)).collect()).map((row) => [...row.internal]);
}

describe("windows of time", () => {
  test.each<[string, unknown[][]]>([
    [
      "SELECT minute(window.start), sum(v) FROM event GROUP BY window(ts, '5 minutes') ORDER BY 1",
      [
        [0, 3n],
        [5, 3n],
        [10, 4n],
      ],
    ],
    [
      "SELECT k, minute(window.start), count(*) FROM event GROUP BY window(ts, '5 minutes'), k ORDER BY 1, 2",
      [
        ["a", 0, 2n],
        ["a", 10, 1n],
        ["b", 5, 1n],
      ],
    ],
    [
      "SELECT minute(window(ts, '10 minutes', '5 minutes').start) AS s, sum(v) FROM event GROUP BY window(ts, '10 minutes', '5 minutes') ORDER BY 1",
      [
        [0, 6n],
        [5, 7n],
        [10, 4n],
        [55, 3n],
      ],
    ],
    ["SELECT minute(window(ts, '1 hour', '1 hour', '15 minutes').end) FROM event WHERE v = 1", [[15]]],
    ["SELECT second(window_time(window)) FROM event GROUP BY window(ts, '5 minutes') LIMIT 1", [[59]]],
    [
      "SELECT k, minute(session_window.end), sum(v) FROM event GROUP BY session_window(ts, '5 minutes'), k ORDER BY 1, 2",
      [
        ["a", 9, 3n],
        ["a", 15, 4n],
        ["b", 11, 3n],
      ],
    ],
  ])("%s", async (text, expected) => expect(await rows(text)).toEqual(expected));

  test("beside *, and one row a window", async () => {
    const frame = await spark.sql("SELECT *, window(ts, '5 minutes') FROM event WHERE v = 1");
    expect(await frame.columns()).toEqual(["k", "ts", "v", "window"]);
    expect(await rows("SELECT v, window(ts, '10 minutes', '5 minutes') AS w FROM event WHERE v = 1")).toHaveLength(2);
  });

  test("by the DataFrame's methods", async () => {
    const grouped = spark.table("event").groupBy(F.window("ts", "5 minutes")).agg(F.sum("v").as("total"));
    expect((await grouped.orderBy("window").collect()).map((row) => row.get(1))).toEqual([3n, 3n, 4n]);
  });

  test.each([
    ["SELECT count(*) FROM event GROUP BY window(ts, '1 month')", "CANNOT_PARSE_INTERVAL"],
    ["SELECT count(*) FROM event GROUP BY window(ts, '1 hour'), window(ts, '2 hours')", "_LEGACY_ERROR_TEMP_1039"],
    ["SELECT window(v, '1 hour') FROM event", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"],
  ])("%s: %s", async (text, code) => {
    await expect(spark.sql(text).then((frame) => frame.collect())).rejects.toMatchObject({ code });
  });
});

describe("what depends on the partition", () => {
  test("ids and draws of partitions are different, and again the same for one seed", async () => {
    const text = "SELECT spark_partition_id(), monotonically_increasing_id(), rand(0) FROM range(0, 4, 1, 2)";
    const [first, second, third, fourth] = await rows(text);
    expect([first, second, third, fourth].map((row) => row?.slice(0, 2))).toEqual([
      [0, 0n],
      [0, 1n],
      [1, 8_589_934_592n],
      [1, 8_589_934_593n],
    ]);
    // What Spark draws for the seeds 0 and 1.
    expect([first?.[2], third?.[2]]).toEqual([0.7604953758285915, 0.6363787615254752]);
    expect(await rows(text)).toEqual([first, second, third, fourth]);
  });

  test("calls without a seed differ from one another", async () => {
    const [[drawn, ids, same] = []] = await rows(
      "SELECT count(DISTINCT r), count(DISTINCT u), count_if(r = s) FROM (SELECT rand() AS r, rand() AS s, uuid() AS u FROM range(0, 1000, 1, 4))",
    );
    expect([drawn, ids, same]).toEqual([1000n, 1000n, 0n]);
    expect((await rows("SELECT uuid()"))[0]?.[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
