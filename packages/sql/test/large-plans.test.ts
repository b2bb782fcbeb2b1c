import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

/*
 * Queries of many parts: each is answered, which it is not when the plan has a multiple of what was written.
 */
let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "large-plans.test" });
});
afterAll(() => spark.stop());

async function answer(text: string): Promise<unknown[][]> {
  return (await (await spark.sql(text)).collect()).map((row) => row.toSeq());
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

describe("common tables", () => {
  test("thirty that each name the one before twice", async () => {
    const chain = times(30, (i) => `t${i + 1} AS (SELECT x.a FROM t${i} x JOIN t${i} y ON x.a = y.a)`);
    const text = `WITH t0 AS (SELECT id AS a FROM range(2)), ${chain.join(", ")} SELECT count(*), sum(a) FROM t30`;
    expect(await answer(text)).toEqual([[2n, 1n]]);
  });

  test("with scalar subqueries over one another", async () => {
    const chain = times(30, (i) => `t${i + 1} AS (SELECT (SELECT max(a) FROM t${i}) + (SELECT min(a) FROM t${i}) + 1 AS a)`);
    const text = `WITH t0 AS (SELECT 0 AS a), ${chain.join(", ")} SELECT a FROM t30`;
    expect(await answer(text)).toEqual([[2 ** 30 - 1]]);
  });

  test("one of random values is the same wherever it is read", async () => {
    const random = "WITH t AS (SELECT id, rand() AS r FROM range(100)) ";
    expect(await answer(`${random} SELECT count(*) FROM t a JOIN t b ON a.id = b.id AND a.r = b.r`)).toEqual([[100n]]);
    expect(await answer(`${random} SELECT count(*) FROM t WHERE r <= (SELECT max(r) FROM t)`)).toEqual([[100n]]);
  });
});

describe("expressions", () => {
  test.each([
    ["OR", "=", 100n],
    ["AND", "<>", 0n],
  ])("ten thousand conditions joined by %s", async (word, sign, expected) => {
    const conditions = times(10_000, (i) => `id ${sign} ${i}`);
    expect(await answer(`SELECT count(*) FROM range(100) WHERE ${conditions.join(` ${word} `)}`)).toEqual([[expected]]);
  });

  test.each([
    ["+", "id", 10_000, 10_000n],
    ["-", "1", 5000, 1n - 4999n],
    ["||", "'x'", 3000, "x".repeat(3000)],
    ["+", "sum(id)", 1000, 1000n],
  ])("operators in a row: %s %s, %d terms", async (sign, term, count, expected) => {
    const terms = times(count, () => term).join(` ${sign} `);
    const frame = await spark.sql(`SELECT ${terms} FROM range(1, 2)`);
    const width = sign === "||" ? "concat(, )".length : sign.length + "(  )".length;
    expect((await frame.columns())[0]).toHaveLength(term.replaceAll("'", "").length * count + width * (count - 1));
    expect((await frame.collect()).map((row) => row.get(0))).toEqual([
      typeof expected === "bigint" && term === "1" ? Number(expected) : expected,
    ]);
  });

  test("names of a select list that are used twice by the next", async () => {
    const chain = times(40, (i) => `a${i} + a${i} AS a${i + 1}`);
    const [row] = await answer(`SELECT id AS a0, ${chain.join(", ")} FROM range(1, 2)`);
    expect(row?.at(-1)).toBe(2n ** 40n);
  });
});

describe("relations", () => {
  test("five hundred unions", async () => {
    const parts = times(500, (i) => `SELECT id + ${i} AS a FROM range(2)`);
    expect(await answer(`SELECT count(*), sum(a) FROM (${parts.join(" UNION ALL ")})`)).toEqual([[1000n, 250_000n]]);
  });

  test("sixty tables in a row and in a star", async () => {
    const tables = times(60, (i) => `range(3) t${i}`);
    const row = times(59, (i) => `t${i}.id = t${i + 1}.id`);
    const star = times(59, (i) => `t0.id = t${i + 1}.id`);
    for (const conditions of [row, star]) {
      expect(await answer(`SELECT count(*), sum(t59.id) FROM ${tables.join(", ")} WHERE ${conditions.join(" AND ")}`)).toEqual([[3n, 3n]]);
    }
  });

  test("sixty correlated subqueries", async () => {
    const columns = times(60, (i) => `(SELECT max(id) FROM range(3) s WHERE s.id <= t.id + ${i}) AS c${i}`);
    const rows = await answer(`SELECT ${columns.join(", ")} FROM range(2) t ORDER BY t.id`);
    expect(rows).toEqual([times(60, (i) => BigInt(Math.min(i, 2))), times(60, (i) => BigInt(Math.min(i + 1, 2)))]);
  });
});
