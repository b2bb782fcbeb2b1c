import { join } from "node:path";
import { dataFolder, ensureData } from "../data.ts";
import { runProgram } from "../program.ts";
import type { Bar, Row, Sample, Suite } from "../suite.ts";

const program = (name: string): string => join(import.meta.dirname, "program", `${name}.ts`);
const atMost = (value: number): Bar => ({ kind: "at-most", value });
const atLeast = (value: number): Bar => ({ kind: "at-least", value });

/** A row measured by a program; an absolute bar is judged on the quietest of five runs unless a run is long. */
function row(name: string, unit: string, bar: Bar, runs = 5, args: readonly string[] = []): Row {
  return { name, unit, bar, runs, run: () => runProgram(program(name), args) };
}

/** 1 GiB, 16 maps by 16 reducers, two processes. */
async function shuffle(transport: "jetstream" | "files" | "tcp"): Promise<Sample> {
  return runProgram(program("shuffle-store"), [transport]);
}

/** The rate through JetStream against that of a raw TCP pull of the same bytes right before and after it. */
async function shuffleRatio(): Promise<Sample> {
  const before = await shuffle("tcp");
  const streams = await shuffle("jetstream");
  const after = await shuffle("tcp");
  const tcp = (before.value + after.value) / 2;
  const check = `${Math.round(streams.value)} MiB/s (${streams.check ?? ""}), TCP ${Math.round(tcp)}`;
  return { value: streams.value / tcp, check };
}

/** Clusters of real processes on this machine: start, control, shuffles, faults. */
export const suite: Suite = {
  rows: [
    row("cluster-up", "s", atMost(2)),
    row("submit", "s", atMost(1)),
    row("control-latency", "ms", atMost(20)),
    { name: "shuffle-jetstream", unit: "x TCP", bar: atLeast(0.22), runs: 5, run: shuffleRatio },
    { name: "shuffle-files", unit: "MiB/s", bar: atLeast(1536), runs: 5, run: () => shuffle("files") },
    row("word-count-cluster", "x local[2]", atMost(1.2), 3, [dataFolder]),
    row("killed-executor", "x undisturbed", atMost(1.25), 1),
    { name: "exit-noticed", unit: "s", bar: atMost(0.5), runs: 3, run: () => runProgram(program("noticed"), ["exit"]) },
    { name: "silence-noticed", unit: "s", bar: atMost(5), runs: 1, run: () => runProgram(program("noticed"), ["silence"]) },
    row("small-blocks", "s", atMost(20), 3),
    row("chained-shuffles", "ms", atMost(150)),
  ],
  prepare(log) {
    ensureData(log);
  },
  async peers() {
    return new Map();
  },
};
