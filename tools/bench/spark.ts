import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { run, type Outcome } from "../command/run.ts";
import { peersFolder } from "./peer-programs.ts";

/** SPARK_HOME of the installed PySpark, or undefined when it is not installed. */
export function sparkHome(): string | undefined {
  const [home] = globSync("spark/lib/python3*/site-packages/pyspark", { cwd: peersFolder });
  return home === undefined || !existsSync(join(peersFolder, home, "bin", "spark-shell")) ? undefined : join(peersFolder, home);
}

/** What Spark printed for one row. */
export interface SparkResult {
  readonly value: number;
  readonly check: string;
}

/** Environment under which Spark's scripts run: its own home and python, nothing of this machine's other Sparks. */
function environment(home: string): Record<string, string | undefined> {
  return {
    SPARK_HOME: home,
    PYSPARK_PYTHON: join(peersFolder, "spark", "bin", "python"),
    SPARK_CONF_DIR: undefined,
    SPARK_LOCAL_IP: "127.0.0.1",
    NODE_OPTIONS: undefined,
  };
}

/** Runs a Scala script in spark-shell with two threads; its RESULT lines by row. Undefined when Spark is not there or fails. */
export async function runSparkShell(
  script: string,
  data: string,
  log: (line: string) => void,
): Promise<Map<string, SparkResult> | undefined> {
  const home = sparkHome();
  if (home === undefined) {
    log("Spark is not installed (npm run bench:peers): rows that compare with it are undecided");
    return undefined;
  }
  const conf = ["--conf", `spark.bench.data=${data}`, "--conf", "spark.ui.enabled=false", "--conf", "spark.ui.showConsoleProgress=false"];
  const args = ["--master", "local[2]", "--driver-memory", "8g", ...conf, "-i", script];
  const outcome = await run(join(home, "bin", "spark-shell"), args, {
    capture: true,
    env: environment(home),
    cwd: data,
    timeoutMs: 900_000,
  });
  const results = parseResults(outcome.stdout);
  if (results.size === 0) log(`Spark printed no result (exit code ${outcome.code}):\n${outcome.stderr.slice(-2000)}`);
  return results.size === 0 ? undefined : results;
}

/** The RESULT lines of a script's output, by row. */
export function parseResults(stdout: string): Map<string, SparkResult> {
  const results = new Map<string, SparkResult>();
  for (const match of stdout.matchAll(/^RESULT\t([^\t]+)\t([^\t]+)\t(.*)$/gm)) {
    results.set(match[1] ?? "", { value: Number(match[2]), check: match[3] ?? "" });
  }
  return results;
}

/** Runs a Python program by spark-submit; undefined when Spark is not there. */
export async function sparkSubmit(program: string, args: readonly string[]): Promise<Outcome | undefined> {
  const home = sparkHome();
  if (home === undefined) return undefined;
  const all = ["--master", "local[2]", "--driver-memory", "8g", "--conf", "spark.ui.enabled=false", program, ...args];
  return await run(join(home, "bin", "spark-submit"), all, { capture: true, env: environment(home), timeoutMs: 120_000 });
}
