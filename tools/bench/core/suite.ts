import { join } from "node:path";
import { dataFolder, ensureData } from "../data.ts";
import { runProgram, timeToOutput } from "../program.ts";
import { runSparkShell, sparkSubmit } from "../spark.ts";
import { writeClosureScript } from "./closure-script.ts";
import type { Bar, PeerValue, Row, Suite } from "../suite.ts";

const program = (name: string): string => join(import.meta.dirname, "program", name);
const atMost = (value: number): Bar => ({ kind: "at-most", value });
const timesSpark = (ratio: number): Bar => ({ kind: "at-most-times", peer: "spark", ratio });

/** A row measured by the program of its name, given the data folder. */
function row(name: string, unit: string, bar: Bar, runs = bar.kind === "at-most-times" ? 1 : 5): Row {
  return { name, unit, bar, runs, run: () => runProgram(program(`${name}.ts`), [dataFolder]) };
}

/** Rows that spark-core.scala measures. */
const shellRows = new Set(["two-task-job", "tiny-tasks", "word-count", "sort-by-key", "reduce-by-key", "page-rank", "distinct"]);

const closureScript = join(dataFolder, "closures.mjs");

/** A row about shipping closures: what the generated script measures under `measure`. */
function closureRow(name: string, unit: string, bar: Bar, measure: string): Row {
  return { name, unit, bar, runs: 5, run: () => runProgram(closureScript, [measure]) };
}

const rows: readonly Row[] = [
  {
    name: "cold-start",
    unit: "s",
    bar: atMost(0.3),
    runs: 5,
    run: () => timeToOutput(program("cold-start.mjs"), [join(dataFolder, "small.txt")]),
  },
  { name: "import-core", unit: "ms", bar: atMost(60), runs: 5, run: () => runProgram(program("import-core.mjs")) },
  row("two-task-job", "ms", atMost(0.7)),
  row("tiny-tasks", "tasks/s", { kind: "at-least", value: 30_000 }),
  row("word-count", "s", timesSpark(1)),
  row("sort-by-key", "s", timesSpark(0.5)),
  row("reduce-by-key", "s", timesSpark(1)),
  row("page-rank", "s", timesSpark(1)),
  row("distinct", "s", timesSpark(1)),
  row("spill", "MB", atMost(1200), 1),
  closureRow("closure-capture", "ms", atMost(0.3), "capture"),
  closureRow("closure-decode-first", "us", atMost(50), "first"),
  closureRow("closure-decode", "us", atMost(20), "again"),
];

/** Spark on the same machine in the same run: one spark-shell for the rows of the script, one spark-submit for the cold start. */
async function spark(log: (line: string) => void, wanted: readonly string[]): Promise<ReadonlyMap<string, PeerValue> | undefined> {
  const values = new Map<string, PeerValue>();
  if (wanted.includes("cold-start")) {
    const start = performance.now();
    log("spark: cold start");
    const outcome = await sparkSubmit(join(import.meta.dirname, "cold_start.py"), [join(dataFolder, "small.txt")]);
    if (outcome?.code === 0) values.set("cold-start", { value: (performance.now() - start) / 1000, check: outcome.stdout.trim() });
  }
  if (wanted.some((name) => shellRows.has(name))) {
    log("spark: spark-core.scala");
    const results = await runSparkShell(join(import.meta.dirname, "spark-core.scala"), dataFolder, log);
    for (const [name, result] of results ?? []) values.set(name, result);
  }
  return values.size === 0 ? undefined : values;
}

/** The RDD engine against Spark's: start-up, scheduling, shuffles, memory. */
export const suite: Suite = {
  rows,
  prepare(log) {
    ensureData(log);
    writeClosureScript(closureScript);
  },
  async peers(log, wanted) {
    const values = await spark(log, wanted);
    return new Map(values === undefined ? [] : [["spark", values]]);
  },
};
