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
  "log-analysis.ts":
    /^entries 2000\nerrors by day .*2026-01-01.*20.*2026-01-02.*20.*\nwritten true\n\[ 'host0 [\d.]+', 'host1 [\d.]+', 'host2 [\d.]+', 'host3 [\d.]+' \]\n$/s,
  "page-rank.ts": /^a 1\.\d{3}\nb 0\.\d{3}\nc 1\.\d{3}\n$/,
  "shared-variables.ts": /^1\.75 \[ 'plum' \]\nTASK_FAILED true\n$/,
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
