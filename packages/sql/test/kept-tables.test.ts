import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { functions as F, SparkSession, type DataFrame } from "../src/index.ts";

/* Kept rows give what the plan gives, wherever they are kept and however they were computed. */

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "kept-tables.test" });
});

afterAll(() => spark.stop());

/** Rows of many types, with nulls. */
const text = `
  select id, cast(id % 7 as int) as few, cast(id * 1000003 as decimal(15,2)) as money, cast(id as decimal(38,0)) * 10000000000000000000 as wide,
    case when id % 5 = 0 then null else concat('text ', id % 11) end as name, id % 3 = 0 as flag, cast(id as double) / 7 as real,
    date_add(date'2020-01-31', cast(id % 400 as int)) as day, timestamp_seconds(id) as time
  from range(0, 5000, 1, 3)`;

async function texts<S extends object>(frame: DataFrame<S>): Promise<string[]> {
  return (await frame.cellTexts(await frame.collect())).map((cells) => cells.join(",")).toSorted();
}

const queries = [
  "select * from rows",
  "select name, count(*), sum(money), min(day), max(wide) from rows where few < 5 group by name",
  "select a.id, b.name from rows a join rows b on a.id = b.few where a.money < 500000000",
  "select flag, avg(real) from rows where name like '%1%' group by flag",
];

async function expectSame(make: (frame: DataFrame) => Promise<void>): Promise<void> {
  const frame = await spark.sql(text);
  frame.createOrReplaceTempView("rows");
  const expected = [];
  for (const query of queries) expected.push(await texts(await spark.sql(query)));
  await make(frame);
  for (const [index, query] of queries.entries()) expect(await texts(await spark.sql(query)), query).toEqual(expected[index]);
}

describe("kept tables", () => {
  test("of a view, by SQL, and by a DataFrame at each level", async () => {
    await expectSame(async () => void (await spark.sql("cache table rows")));
    await spark.sql("uncache table rows");
    for (const level of ["MEMORY_ONLY", "DISK_ONLY", "MEMORY_AND_DISK_SER"] as const) {
      let kept: DataFrame | undefined;
      await expectSame(async (frame) => {
        kept = frame.persist(level);
        kept.createOrReplaceTempView("rows");
        await Promise.resolve();
      });
      await kept?.unpersist();
    }
  });

  test("of another kept table, computed in the same task", async () => {
    const base = (await spark.sql(text)).cache();
    const odd = base.filter("id % 2 = 1").select("id", "name").cache();
    const few = odd.groupBy("name").agg(F.count("*").as("n")).cache();
    expect(await texts(few)).toEqual(await texts((await spark.sql(text)).filter("id % 2 = 1").groupBy("name").agg(F.count("*").as("n"))));
    expect(await odd.count()).toBe(2500);
    for (const frame of [few, odd, base]) await frame.unpersist();
  });

  test("know how many rows they have only where that is sure", async () => {
    const rows = async (query: string): Promise<number | undefined> =>
      (await spark.executionOf((await spark.sql(query)).plan)).statistics.rowCount;
    expect(await rows("select id + 1 from range(10) order by id")).toBe(10);
    expect(await rows("select * from values (1), (2) t(a)")).toBe(2);
    expect(await rows("select id from range(10) where id > 3")).toBeUndefined();
    expect(await rows("select a.id from range(10) a join range(10) b on a.id = b.id")).toBeUndefined();
  });

  test("with a name twice, and with types that have no columns", async () => {
    const left = await spark.sql("select * from values (1, 'a'), (2, 'b') t(k, v)");
    const right = await spark.sql("select * from values (1, 'x'), (2, 'y') t(k, v)");
    left.createOrReplaceTempView("l");
    right.createOrReplaceTempView("r");
    const joined = (await spark.sql("select * from l join r on l.k = r.k")).cache();
    await joined.count();
    expect(await texts(joined)).toEqual(["1,a,1,x", "2,b,2,y"]);
    const nested = (await spark.sql("select array(id, null) as a, struct(id) as s, cast(id as float) as f from range(3)")).cache();
    expect(await texts(nested)).toEqual(["[0, null],{0},0.0", "[1, null],{1},1.0", "[2, null],{2},2.0"]);
    expect(await texts(nested.filter("f > 0").select("a"))).toEqual(["[1, null]", "[2, null]"]);
  });

  test("larger than the memory there is: on disk, or not at all", async () => {
    const small = new SparkSession({ master: "local[2]", conf: { "spark.executor.memory": "24m" } });
    const make = (): DataFrame => small.range(0, 400_000, 1, 4).selectExpr("id", "concat('a text that takes room ', id) as name");
    const question = (frame: DataFrame): Promise<string[]> => texts(frame.selectExpr("count(*)", "sum(id)", "max(name)"));
    const expected = await question(make());
    for (const level of ["MEMORY_AND_DISK", "MEMORY_ONLY"] as const) {
      const kept = make().persist(level);
      for (let time = 0; time < 3; time++) expect(await question(kept)).toEqual(expected);
      await kept.unpersist();
    }
    await small.stop();
  });

  test("give a total once, however much of it is read and how often", async () => {
    spark.range(0, 100_000, 1, 8).cache().createOrReplaceTempView("numbers");
    const total = await spark.sql("select sum(id) as s, count(*) as n from numbers where id % 3 = 0");
    expect(await texts(total)).toEqual(["1666683333,33334"]);
    expect(await texts(total)).toEqual(["1666683333,33334"]);
    expect((await total.take(1)).map(String)).toEqual((await total.collect()).map(String));
    const read: string[] = [];
    for await (const row of total.toLocalIterator()) read.push(row.toSeq().map(String).join());
    expect(read).toEqual(["1666683333,33334"]);
    expect(await texts(await spark.sql("select count(*) from numbers where id > (select avg(id) from numbers) and id < 0"))).toEqual(["0"]);
  });

  test("whose pipelines need more memory than there is are computed row by row", async () => {
    const small = new SparkSession({ master: "local[2]", conf: { "spark.executor.memory": "24m" } });
    small.range(0, 300_000, 1, 4).createOrReplaceTempView("numbers");
    const kept = (
      await small.sql("select a.id, b.id as other from numbers a join (select * from numbers where id % 2 = 0) b on a.id = b.id")
    ).cache();
    expect(await kept.count()).toBe(150_000);
    expect(await texts(kept.selectExpr("sum(id)", "sum(other)"))).toEqual(["22499850000,22499850000"]);
    await small.stop();
  });
});
