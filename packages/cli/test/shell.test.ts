import { expect, test } from "vitest";
import { vonk } from "./vonk-process.ts";

function script(...lines: string[]): Promise<string[]> {
  return vonk(["shell", "--master", "local[1]"], { NODE_DISABLE_COLORS: "1" }, `${lines.join("\n")}\n`).then(({ code, stdout, stderr }) => {
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout.split("\n").filter((line) => line !== "" && line !== "undefined");
  });
}

test("closures capture const, let, functions and classes typed into the shell", async () => {
  const lines = await script(
    "const factor = 3; let shift = 4",
    "function scale(x) { return x * factor + shift }",
    "await sc.parallelize([1, 2]).map((x) => scale(x)).collect()",
    "class Pair { constructor(a) { this.a = a } twice() { return this.a * 2 } }",
    "shift = 0",
    "await sc.range(3).map((x) => new Pair(scale(x)).twice()).collect()",
  );
  expect(lines).toEqual(["[ 7, 10 ]", "0", "[ 0, 6, 12 ]"]);
});

test("lines wait for the line before them, and what await gave can be captured", async () => {
  const lines = await script(
    "const rdd = sc.range(10)",
    "const n = await rdd.count()",
    "await rdd.map((x) => x + n).reduce((a, b) => a + b)",
  );
  expect(lines).toEqual(["145"]);
});

test("a failed job is printed and the shell goes on", async () => {
  const lines = await script('await sc.range(2).map(() => { throw new Error("not today") }).count()', "await sc.range(7).count()");
  expect(lines.join("\n")).toContain("TASK_FAILED");
  expect(lines.join("\n")).toContain("not today");
  expect(lines.at(-1)).toBe("7");
});

test("a function over several lines", async () => {
  expect(await script("await sc.range(3).map((x) => {", "  return x + 1", "}).collect()")).toContain("[ 1, 2, 3 ]");
});

test("DataFrames, functions of columns, SQL and functions of the program", async () => {
  const lines = await script(
    "const df = spark.range(4).withColumn('twice', F.col('id').multiply(2))",
    "await df.filter(df.col('twice').gt(2)).collect()",
    "const plus = 10n",
    "const add = F.udf((n) => n + plus, 'bigint')",
    "(await df.select(add('id').as('x')).collect()).map((row) => row.x)",
    "df.createOrReplaceTempView('numbers')",
    "await (await spark.sql('SELECT sum(twice) AS s FROM numbers')).first()",
  );
  expect(lines).toEqual(["[ { id: 2n, twice: 4n }, { id: 3n, twice: 6n } ]", "[ 10n, 11n, 12n, 13n ]", "{ s: 12n }"]);
});
