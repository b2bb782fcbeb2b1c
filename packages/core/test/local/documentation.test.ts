import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const examples = join(root, "docs", "examples");
let scratch = "";
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "documentation-test-"));
  symlinkSync(join(root, "node_modules"), join(scratch, "node_modules"), "junction");
  writeFileSync(join(scratch, "package.json"), '{ "type": "module" }');
  writeFileSync(join(scratch, "README.md"), "to be or not to be\n");
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** Standard output of a program; it may write nothing to standard error. */
async function outputOf(file: string): Promise<string> {
  const options = { cwd: scratch, env: { ...process.env, NODE_OPTIONS: "" } };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--conditions=@vonk/source", file], options);
  expect(stderr).toBe("");
  return stdout;
}

/** What each example prints. */
const printed: Readonly<Record<string, RegExp>> = {
  "async-functions.ts": /^100 user 42\nJOB_TIMEOUT\n1000\n$/,
  "data-frame-basics.ts": /\|Oslo\|15\.625\|\n.*\n\+-.*Oslo: 2 sales, 52\.5\nRome: 2 sales, 10\n$/s,
  "exact-values.ts": /^root\n \|-- number: long .*0\.30 9007199254740994n\n2024-03-01 none, 2025-01-02 last\n$/s,
  "joins.ts": /^Ann 1n\nBob 3n\nCid null\nwith a team: Ann Bob\nwithout: Cid\nCid leads blue, Ann leads red\n$/,
  "log-analysis.ts":
    /^entries 2000\nerrors by day .*2026-01-01.*20.*2026-01-02.*20.*\nwritten true\n\[ 'host0 [\d.]+', 'host1 [\d.]+', 'host2 [\d.]+', 'host3 [\d.]+' \]\n$/s,
  "missing-values.ts": /^{ name: 1n, age: 1n, city: 1n }\n.*\|unknown\| 45\|unknown\|\n.*3,3\n1 1\n$/s,
  "nested-data.ts": /^1:gift 1:new 2:old\n\[{"city":"Oslo","sum":7\.5,"loud":\["NEW","GIFT"\]}.*1n \[ 'gift', 'new' \]\n2n \[ 'old' \]\n$/s,
  "page-rank.ts": /^a 1\.\d{3}\nb 0\.\d{3}\nc 1\.\d{3}\n$/,
  "parquet-folders.ts": /^_SUCCESS year=2020 year=2021 year=2022\n1000 333\n3 folder\(s\), 1 read\n10\n$/,
  "pivot-report.ts": /\|2024\|15\.0\| 0\.0\|\n.*2023 30, 2024 15, all 45\n.*\| stddev\|   5\.0\|/s,
  "shared-variables.ts": /^1\.75 \[ 'plum' \]\nTASK_FAILED true\n$/,
  "sql-and-views.ts": /\|   AMS\| FCO\|   40\|\n.*AMS: 2\nflights late\n$/s,
  "user-functions.ts": /^Hello, Ann! Hello, Bob!\nuser 49\nBOB ANN\n$/,
  "windows.ts": /\|     a\| 2\.0\| 26\.0\|   6\.0\|  46\.0\|   1\|/,
  "word-count.ts": /^([a-z]{6,} \d+\n){5}$/,
};

test("every example is run here", () => {
  expect(
    readdirSync(examples)
      .filter((name) => name.endsWith(".ts"))
      .toSorted(),
  ).toEqual(Object.keys(printed));
});

test.each(Object.entries(printed))("docs/examples/%s", async (name, expected) => {
  expect(await outputOf(join(examples, name))).toMatch(expected);
});

test.each([
  "README.md",
  ...["core", "cli", "bus", "common", "columnar", "dataframe", "expression", "catalyst", "sql"].map((name) => `packages/${name}/README.md`),
])("the example of %s runs", async (readme) => {
  const [, code = ""] = /```ts\n(.*?)```/s.exec(readFileSync(join(root, readme), "utf8")) ?? [];
  const file = join(scratch, `${readme.replaceAll("/", "-")}.ts`);
  writeFileSync(file, code);
  const expected = [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map((match) => match[1]);
  const output = (await outputOf(file)).trim().split("\n");
  if (expected.length > 0) expect(output).toEqual(expected);
});
