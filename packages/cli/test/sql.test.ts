import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { vonk } from "./vonk-process.ts";

let scratch = "";
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "sql-test-"));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const local = ["--master", "local[2]"];

test("-e prints results as Spark's console does", async () => {
  const { code, stdout } = await vonk(["sql", ...local, "-e", "SELECT 1 AS one, 'a;b' AS text; SELECT NULL AS nothing"]);
  expect(stdout).toBe(
    "+---+----+\n|one|text|\n+---+----+\n|1  |a;b |\n+---+----+\n+-------+\n|nothing|\n+-------+\n|NULL   |\n+-------+\n",
  );
  expect(code).toBe(0);
});

test("-f reads a file; csv and json are for other programs", async () => {
  const file = join(scratch, "query.sql");
  writeFileSync(file, "-- first\nCREATE TEMP VIEW t AS SELECT 'x,\"y' AS a, 9007199254740993 AS b;\nSELECT * FROM t");
  expect((await vonk(["sql", ...local, "-f", file, "--output", "csv"])).stdout).toBe('a,b\n"x,""y",9007199254740993\n');
  expect((await vonk(["sql", ...local, "-f", file, "--output", "json"])).stdout).toBe('{"a":"x,\\"y","b":"9007199254740993"}\n');
});

test("an error ends it with 1 and points at what is wrong", async () => {
  const { code, stdout, stderr } = await vonk(["sql", ...local, "-e", "SELECT 1; SELECT nme FROM VALUES ('Ann') AS t(name); SELECT 2"]);
  expect(stderr).toContain("[UNRESOLVED_COLUMN.WITH_SUGGESTION]");
  expect(stderr).toContain("`name`");
  expect(stdout).not.toContain("2");
  expect(code).toBe(1);
});

test.each([
  [["sql", "--output", "xml", "-e", "SELECT 1"], "--output is 'xml', expected table, csv, json"],
  [["sql", "query.sql"], "vonk sql takes no words, but met 'query.sql'"],
  [["sql", "-f", "no-such-file.sql"], "-f no-such-file.sql cannot be read"],
])("%j ends with 2", async (args, message) => {
  const { code, stderr } = await vonk(args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
