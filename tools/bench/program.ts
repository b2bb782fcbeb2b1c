import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { busyMs, coresOf } from "./machine-load.ts";
import type { Sample } from "./suite.ts";

const timeoutMs = 900_000;

/** How a benchmark program ended. */
interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  /** Milliseconds from the start of the process to its first output. */
  readonly firstOutputMs: number;
  /** CPU milliseconds of the process up to its first output, where the system says. */
  readonly firstOutputCpuMs: number | undefined;
  /** What all processes took until then; NaN when nobody counted. */
  readonly firstOutputBusyMs: number;
}

/** CPU milliseconds that a running process has used; undefined where /proc does not say. */
function cpuMsOf(pid: number | undefined): number | undefined {
  if (process.platform !== "linux" || pid === undefined) return undefined;
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return user === undefined || system === undefined ? undefined : (user + system) * 10;
}

function start(file: string, args: readonly string[]): Promise<Ended> {
  const begin = performance.now();
  const busy = busyMs();
  const flags = ["--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...flags, file, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  let stdout = "";
  let stderr = "";
  let firstOutputMs = Number.NaN;
  let firstOutputCpuMs: number | undefined;
  let firstOutputBusyMs = Number.NaN;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (stdout === "") {
      firstOutputMs = performance.now() - begin;
      firstOutputCpuMs = cpuMsOf(child.pid);
      firstOutputBusyMs = (busyMs() ?? Number.NaN) - (busy ?? Number.NaN);
    }
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.on("error", reject);
  child.on("close", (code) => resolve({ stdout, stderr, code, firstOutputMs, firstOutputCpuMs, firstOutputBusyMs }));
  return promise;
}

function failure({ code, stderr }: Ended): Error {
  const said = stderr
    .trim()
    .split("\n")
    .filter((line) => !/^\s+at /.test(line));
  return new Error(`exit code ${code ?? "none (killed)"}: ${said.slice(0, 8).join(" ").slice(0, 600)}`);
}

/** Runs a program in a process of its own with this Node; what its line RESULT says. Rejects when it fails or prints none. */
export async function runProgram<Said = Sample>(file: string, args: readonly string[] = []): Promise<Said> {
  const ended = await start(file, args);
  const line = /^RESULT (\{.*\})$/m.exec(ended.stdout)?.[1];
  if (ended.code !== 0 || line === undefined) throw failure(ended);
  return JSON.parse(line) as Said;
}

/** Seconds from the start of a process to its first output. */
export async function timeToOutput(file: string, args: readonly string[] = []): Promise<Sample> {
  const ended = await start(file, args);
  if (ended.code !== 0 || Number.isNaN(ended.firstOutputMs)) throw failure(ended);
  const { firstOutputCpuMs: cpuMs = Number.NaN, firstOutputMs, firstOutputBusyMs } = ended;
  // What the process does after its first output is not the load of others.
  const foreignCores = coresOf(firstOutputBusyMs - cpuMs, firstOutputMs);
  const known = Number.isNaN(foreignCores) ? {} : { cpuMs, foreignCores };
  return { value: firstOutputMs / 1000, check: ended.stdout.trim(), ...known };
}
