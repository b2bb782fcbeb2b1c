// `npm run sim -- [--cluster] [--seeds N] [--from N] [--seed N]`: simulates driver, network and executors, or with --cluster a whole
// standalone cluster, from seeds and checks invariants.
// Runs the TypeScript sources. The seeds are shared out to one process a core. Exit codes: 0 no failure, 1 failures, 2 wrong use.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";

const help = `usage: npm run sim -- [--cluster] [--seeds N] [--from N]   simulate N seeds (default 1000), beginning with --from (default 0)
       npm run sim -- [--cluster] --seed N               replay one seed and print all that happened
       npm run sim -- --help

--cluster simulates masters, workers and JetStream besides driver, network and executors.`;

/** Kept by the processes that do the work: the share of the seeds is every \`step\`-th. */
const share = { from: Number(process.argv[4]), end: Number(process.argv[5]), step: Number(process.argv[6]) };
const isCluster = process.argv[3] === "cluster";

if (process.argv[2] === "--share") await runShare();
else if (process.argv[2] === "--replay") await replay(Number(process.argv[4]));
else await main();

interface Report {
  readonly failures: readonly { readonly seed: number; readonly failure: string }[];
  readonly jobs: Readonly<Record<string, number>>;
  readonly events: number;
}

async function main(): Promise<void> {
  const { seeds, from, seed, cluster } = readArgs();
  const what = cluster ? "cluster" : "driver";
  if (seed !== undefined) {
    process.exitCode = (await child(["--replay", what, String(seed)], true)).code;
    return;
  }
  const startMs = performance.now();
  const workers = Math.min(availableParallelism(), Math.max(1, seeds));
  const shares = Array.from({ length: workers }, (_, index) =>
    child(["--share", what, String(from + index), String(from + seeds), String(workers)], false),
  );
  const reports: Report[] = [];
  for (const { code, stdout } of await Promise.all(shares)) {
    if (code !== 0) return fail("a simulating process ended with an error");
    reports.push(JSON.parse(stdout) as Report);
  }
  const failures = reports.flatMap((report) => report.failures).toSorted((a, b) => a.seed - b.seed);
  for (const { seed: failed, failure } of failures)
    print(`seed ${failed}: ${failure}\n  replay: npm run sim -- ${cluster ? "--cluster " : ""}--seed ${failed}`);
  const jobs = new Map<string, number>();
  for (const report of reports)
    for (const [outcome, count] of Object.entries(report.jobs)) jobs.set(outcome, (jobs.get(outcome) ?? 0) + count);
  const events = reports.reduce((sum, report) => sum + report.events, 0);
  print(
    `jobs: ${[...jobs].map(([outcome, count]) => `${count} ${outcome}`).join(", ")}; ${events} events in ${((performance.now() - startMs) / 1000).toFixed(1)} s`,
  );
  print(`${seeds} seeds, ${failures.length} failures`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(problem: string): void {
  process.stderr.write(`sim: ${problem}\n`);
  process.exitCode = 1;
}

function readArgs(): { seeds: number; from: number; seed: number | undefined; cluster: boolean } {
  const [text, flag] = [{ type: "string" }, { type: "boolean" }] as const;
  try {
    const { values } = parseArgs({ options: { seeds: text, from: text, seed: text, cluster: flag, help: flag } });
    if (values.help === true) {
      print(help);
      process.exit(0);
    }
    const whole = (name: string, value: string): number => {
      const number = Number(value);
      if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} is ${value}; it must be a whole number of at least 0`);
      return number;
    };
    const { seeds = "1000", from = "0", seed, cluster = false } = values;
    return { seeds: whole("seeds", seeds), from: whole("from", from), seed: seed === undefined ? undefined : whole("seed", seed), cluster };
  } catch (error) {
    process.stderr.write(`sim: ${error instanceof Error ? error.message : String(error)}\n${help}\n`);
    process.exit(2);
  }
}

/** This file again, on the sources of the packages instead of what was built. */
function child(args: readonly string[], shows: boolean): Promise<{ code: number; stdout: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; stdout: string }>();
  const flags = ["--conditions=@vonk/source", "--disable-warning=ExperimentalWarning"];
  const stdio = ["ignore", shows ? "inherit" : "pipe", "inherit"] as const;
  const process_ = spawn(process.execPath, [...flags, import.meta.filename, ...args], { stdio: [...stdio] });
  let stdout = "";
  process_.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  process_.on("error", () => resolve({ code: 1, stdout }));
  process_.on("close", (code) => resolve({ code: code ?? 1, stdout }));
  return promise;
}

interface Outcome {
  readonly jobs: readonly string[];
  readonly events: number;
  readonly traceHash: number;
  readonly failure?: string;
}

async function simulation(): Promise<(seed: number, options?: { readonly trace: (line: string) => void }) => Promise<Outcome>> {
  if (isCluster) return (await import("@vonk/cluster-standalone/testing")).simulateCluster;
  return (await import("@vonk/core/testing")).simulate;
}

async function runShare(): Promise<void> {
  const simulate = await simulation();
  const failures: { seed: number; failure: string }[] = [];
  const jobs: Record<string, number> = {};
  // A promise that fails unheard ends a real process.
  const unhandled: unknown[] = [];
  process.on("unhandledRejection", (error) => unhandled.push(error));
  let events = 0;
  for (let seed = share.from; seed < share.end; seed += share.step) {
    const outcome = await simulate(seed);
    await setImmediate();
    for (const error of unhandled.splice(0)) failures.push({ seed, failure: `nobody handles ${String(error)}` });
    events += outcome.events;
    for (const job of outcome.jobs) jobs[job] = (jobs[job] ?? 0) + 1;
    if (outcome.failure !== undefined) failures.push({ seed, failure: outcome.failure });
  }
  process.stdout.write(JSON.stringify({ failures, jobs, events } satisfies Report));
}

async function replay(seed: number): Promise<void> {
  const simulate = await simulation();
  const outcome = await simulate(seed, { trace: print });
  print(`jobs: ${outcome.jobs.join(", ")}; trace ${outcome.traceHash.toString(16).padStart(8, "0")}`);
  if (outcome.failure !== undefined) print(`FAILED: ${outcome.failure}`);
  print(`1 seeds, ${outcome.failure === undefined ? 0 : 1} failures`);
  process.exitCode = outcome.failure === undefined ? 0 : 1;
}
