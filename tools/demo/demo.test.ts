import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkContext } from "@vonk/core";
import { root } from "../command/root.ts";
import { parseCSVLine } from "./csv.ts";
import { birdstrikes } from "./job/birdstrikes.ts";
import { flights } from "./job/flights.ts";
import { words } from "./job/words.ts";
import { defaultData, parseOptions } from "./options.ts";
import { demoData } from "./run-demo.ts";
import { SparkSession } from "@vonk/sql";
import { statesQuery } from "./query.ts";
import { table } from "./table.ts";

let sc: SparkContext;
beforeAll(() => {
  sc = new SparkContext({ master: "local[2]" });
});
afterAll(() => sc.stop());

function csv(name: string): string[][] {
  return readFileSync(join(defaultData, name), "utf8").trimEnd().split(/\r?\n/).map(parseCSVLine);
}

describe("the engine's results are those of a plain program", () => {
  test("flights", async () => {
    const states = new Map(csv("airports.csv").map((fields) => [fields[0], fields[3] ?? ""]));
    const sums = new Map<string, number[]>();
    for (const { origin, delay } of JSON.parse(readFileSync(join(defaultData, "flights-20k.json"), "utf8")) as {
      origin: string;
      delay: number;
    }[]) {
      const state = states.get(origin);
      if (state !== undefined) sums.set(state, [...(sums.get(state) ?? []), delay]);
    }
    const expected = [...sums].map(([state, delays]) => {
      const sum = delays.reduce((a, b) => a + b);
      return [state, delays.length, sum / delays.length, (100 * delays.filter((delay) => delay > 15).length) / delays.length];
    });
    const { rows } = await flights.run(sc, demoData(defaultData));
    const byState = (list: readonly (readonly unknown[])[]) => list.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    expect(byState(rows)).toEqual(byState(expected));
    expect(rows.map((row) => row[2])).toEqual(rows.map((row) => row[2]).toSorted((a, b) => Number(b) - Number(a)));
    expect(rows.reduce((sum, row) => sum + Number(row[1]), 0)).toBeGreaterThan(19_000);
  });

  test("states: every flight of a known airport is counted once", async () => {
    const rows = await (await statesQuery(sc, defaultData)).collect();
    expect(rows).toHaveLength(10);
    expect(rows.map((row) => row.getAs("flights"))).toEqual(
      rows.map((row) => row.getAs("flights")).toSorted((a, b) => Number(b) - Number(a)),
    );
    const states = new Map(csv("airports.csv").map((fields) => [fields[0], fields[3] ?? ""]));
    const spark = new SparkSession(sc);
    const origins = await (
      await spark.sql(`SELECT origin FROM parquet.\`${join(defaultData, "flights-3m.parquet")}\` LIMIT 100000`)
    ).collect();
    const some = new Set(origins.map((row) => states.get(String(row[0]))));
    for (const row of rows) expect(some).toContain(row.getAs("state"));
  });

  test("birdstrikes", async () => {
    const groups = new Map<string, { cost: number; speeds: number[]; count: number }>();
    for (const fields of csv("birdstrikes.csv").slice(1)) {
      const group = groups.get(fields[6] ?? "") ?? { cost: 0, speeds: [], count: 0 };
      groups.set(fields[6] ?? "", group);
      group.count++;
      group.cost += Number(fields[12]);
      if (Number(fields[13]) > 0) group.speeds.push(Number(fields[13]));
    }
    const median = (speeds: number[]): number => speeds.sort((a, b) => a - b)[speeds.length >> 1] ?? 0;
    const expected = [...groups].map(([phase, { cost, speeds, count }]) => [phase || "(not told)", count, cost, median(speeds)]);
    const { rows, notes } = await birdstrikes.run(sc, demoData(defaultData));
    expect(rows).toEqual(expected.toSorted((a, b) => Number(b[1]) - Number(a[1])));
    expect(notes).toEqual(["10000 reports"]);
  });

  test("words", async () => {
    const modules = join(root, "node_modules");
    const visible = (folder: string): string[] =>
      readdirSync(folder)
        .filter((name) => !/^[._]/.test(name))
        .map((name) => join(folder, name));
    const packages = visible(modules)
      .filter((path) => statSync(path).isDirectory())
      .flatMap((path) => (path.startsWith(join(modules, "@")) ? visible(path) : [path]));
    const documents = packages
      .filter((path) => statSync(path).isDirectory())
      .flatMap(visible)
      .filter((path) => path.endsWith(".md") && statSync(path).isFile());
    const counts = new Map<string, number>();
    let lines = 0;
    for (const document of documents) {
      const text = readFileSync(document, "utf8");
      lines += text === "" ? 0 : text.replace(/\r?\n$/, "").split(/\r\n|\n|\r/).length;
      for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) if (word.length >= 3) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    for (const word of ["the", "and", "for", "that", "this", "with", "you", "are", "not", "can", "from", "will", "your"])
      counts.delete(word);
    const expected = [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1)).slice(0, 1000);
    const { rows, notes } = await words.run(sc, demoData(defaultData));
    expect(rows).toEqual(expected);
    expect(notes).toEqual([`${lines.toLocaleString("en-US")} lines`]);
  });
});

describe("the command", () => {
  test("says what it can do, and what was wrong", () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(root, "tools/demo/main.ts"), ...args], {
        encoding: "utf8",
        env: { ...process.env, NODE_OPTIONS: "" },
      });
    expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--master URL") });
    expect(run("--speed", "9")).toMatchObject({ status: 2, stderr: expect.stringContaining("demo: there is no option --speed") });
  });

  test("reads its options", () => {
    expect(parseOptions([])).toEqual({ master: "local[*]", jobs: [], data: defaultData, rows: 10, settings: {} });
    expect(parseOptions(["--job", "words", "--master", "local[1]", "--rows", "3", "--conf", "spark.a=b=c"])).toMatchObject({
      jobs: ["words"],
      master: "local[1]",
      rows: 3,
      settings: { "spark.a": "b=c" },
    });
    expect(parseOptions(["--job", "sleep"])).toBe("there is no job sleep; there are flights, birdstrikes, words, states");
    expect(parseOptions(["--rows", "0"])).toBe("--rows expects a whole number of at least 1");
    expect(parseOptions(["--master"])).toBe("--master needs a value");
  });
});

test("tables set numbers right and text left", () => {
  expect(
    table(
      ["name", "count"],
      [
        ["a", 1234.56],
        ["long name", 7],
      ],
    ),
  ).toBe("  name          count\n  ─────────   ───────\n  a           1,234.6\n  long name         7");
  expect(table(["empty"], [])).toBe("  empty\n  ─────");
});

test("CSV fields may be quoted", () => {
  expect(parseCSVLine('a,"b, c","say ""hi""",,d')).toEqual(["a", "b, c", 'say "hi"', "", "d"]);
  expect(parseCSVLine("")).toEqual([""]);
  expect(parseCSVLine('x,"')).toEqual(["x", ""]);
});
