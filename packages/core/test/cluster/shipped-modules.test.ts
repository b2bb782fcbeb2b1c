import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const repository = join(import.meta.dirname, "..", "..", "..", "..");
const flags = ["--disable-warning=ExperimentalWarning", "--conditions=@vonk/source"];

const files: Readonly<Record<string, string>> = {
  "package.json": '{ "type": "module", "imports": { "#rate": "./lib/rate.ts" } }',
  "lib/rate.ts": "export const rate: number = 2;\n",
  "lib/price.ts":
    'import { rate } from "#rate";\nexport function price(n: number): number { return n * rate; }\nglobalThis.loadedFrom = import.meta.filename;\nexport function home(): string { return globalThis.loadedFrom ?? "it travelled by value"; }\n',
  "lib/point.ts":
    'import { rate } from "./rate.ts";\nexport class Point { x: number; constructor(x: number) { this.x = x; } scaled(): number { return this.x * rate; } }\n',
  "lib/table.cjs": 'const { rows } = require("./rows.json");\nmodule.exports = { lookUp: (n) => rows[n] };\n',
  "lib/rows.json": '{ "rows": ["zero", "one", "two"] }',
  "lib/late.ts": 'export const late = "late";\n',
  "lib/unseen.ts": "export function later(): string { return import.meta.filename; }\n",
  "lib/later.ts": 'import { late } from "./late.ts";\nexport function later(): string { return late; }\n',
};

const head = `
  import { rmSync, writeFileSync } from "node:fs";
  import { setTimeout as sleep } from "node:timers/promises";
  import { SparkContext } from "@vonk/core";
  import { home, price } from "./lib/price.ts";
  import { Point } from "./lib/point.ts";
  import table from "./lib/table.cjs";
  const folder = import.meta.dirname;
  const conf = { "vonk.cluster.manager": ${JSON.stringify(new URL("thread-cluster.ts", import.meta.url).href)}, "vonk.shuffle.store": "files" };
  const sc = new SparkContext({ master: "thread:" + (process.argv[2] ?? 2), conf });
`;
const tail = "\n  await sc.stop();\n";

let scratch = "";
beforeAll(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "vonk-shipped-")));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs an application from a folder of its own; gives what it printed as JSON. */
async function run(name: string, program: string, executors = 2): Promise<unknown> {
  const folder = join(scratch, name);
  for (const [path, text] of Object.entries({ ...files, "main.ts": head + program + tail })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, join(folder, "main.ts"), String(executors)], { cwd: scratch });
  return JSON.parse(stdout);
}

describe("the application's modules on executors", () => {
  test("are used in place where they lie at the same path with the same contents", async () => {
    const printed = await run("same", "console.log(JSON.stringify(await sc.range(0, 2, 1, 2).map((n) => [price(n), home()]).collect()));");
    const path = join(scratch, "same", "lib", "price.ts");
    expect(printed).toEqual([
      [0, path],
      [2, path],
    ]);
  });

  test("come from the driver where the path leads nowhere, with what they import", async () => {
    const program = `
      const rows = sc.range(0, 3, 1, 3).map(async (n) => {
        const { later } = await import("./lib/later.ts");
        return { n: price(n), home: home(), row: table.lookUp(n), at: import.meta.dirname, later: later() };
      });
      const running = rows.collect();
      // The job is submitted, with references; executors start when there is nothing at the path any more.
      await sleep(300);
      rmSync(folder, { recursive: true });
      await sc.requestTotalExecutors(2);
      console.log(JSON.stringify(await running));`;
    const place = { home: copy("absent", "lib/price.ts"), at: copy("absent", "") };
    const row = (n: number, name: string): unknown => ({ n, row: name, later: "late", ...place });
    expect(await run("absent", program, 0)).toEqual([row(0, "zero"), row(2, "one"), row(4, "two")]);
  });

  test("come from the driver where the same path has other contents, and records name their classes as the driver does", async () => {
    const program = `
      const points = sc.parallelize([new Point(1), new Point(2), new Point(3)], 2);
      // Another host's copy of the application: half of it older.
      writeFileSync(folder + "/lib/rate.ts", "export const rate: number = 1000;\\n");
      const moved = await points.map((point) => new Point(point.scaled() + 1)).repartition(3).collect();
      const isDriver = moved.every((point) => point instanceof Point);
      console.log(JSON.stringify([moved.map(({ x }) => x).sort(), isDriver, await points.map((point) => price(point.x)).sum()]));`;
    expect(await run("other", program)).toEqual([[3, 5, 7], true, 12]);
  });

  test("are added to when a later closure refers to a module that nothing imported before", async () => {
    const program = `
      writeFileSync(folder + "/lib/rate.ts", "export const rate: number = 1000;\\n");
      const first = await sc.range(1, 2).map((n) => price(n)).collect();
      const { later } = await import(["./lib", "unseen.ts"].join("/"));
      console.log(JSON.stringify([first, await sc.range(0, 2, 1, 2).map(() => later()).collect()]));`;
    expect(await run("late", program)).toEqual([[2], [copy("late", "lib/unseen.ts"), copy("late", "lib/unseen.ts")]]);
  });
});

/** A path below an executor's copies. */
function copy(name: string, path: string): unknown {
  return expect.stringMatching(new RegExp(`vonk-thread-cluster-.*/executor-\\d/modules${join(scratch, name, path)}$`));
}
