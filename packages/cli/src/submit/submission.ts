import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { countOf, lastValue, parseOptions, type OptionTable, type ParsedWords, settingOptions, usage } from "../argument/parse-options.ts";
import { settingsOf, withEnvironment } from "../config/application-settings.ts";
import { readPropertiesFile } from "../config/properties-file.ts";
import { memoryOf } from "../command/worker.ts";
import { cliErrors } from "../errors.ts";
import { foreignOptions } from "./foreign-options.ts";

/** What a `vonk submit` asks for. */
export type Submission =
  | { readonly kind: "version" }
  | { readonly kind: "usage-error" }
  | { readonly kind: "kill" | "status"; readonly driverId: string; readonly url: string; readonly properties: ReadonlyMap<string, string> }
  | {
      readonly kind: "submit";
      readonly application: string;
      readonly args: readonly string[];
      readonly deployMode: "client" | "cluster";
      readonly isSupervised: boolean;
      readonly isVerbose: boolean;
      readonly settings: ReadonlyMap<string, string>;
    };

/** Options that stand for one setting each. */
const settingOf: Readonly<Record<string, string>> = {
  "--master": "spark.master",
  "--deploy-mode": "spark.submit.deployMode",
  "--name": "spark.app.name",
  "--executor-memory": "spark.executor.memory",
  "--executor-cores": "spark.executor.cores",
  "--total-executor-cores": "spark.cores.max",
  "--num-executors": "spark.executor.instances",
  "--driver-memory": "spark.driver.memory",
  "--driver-cores": "spark.driver.cores",
  "--files": "spark.files",
  "--archives": "spark.archives",
};

const table: OptionTable = {
  ...Object.fromEntries(Object.keys(settingOf).map((option) => [option, "value" as const])),
  ...Object.fromEntries(Object.keys(foreignOptions).map((option) => [option, "value" as const])),
  ...settingOptions,
  "--load-spark-defaults": "flag",
  "--supervise": "flag",
  "--verbose": "flag",
  "-v": "--verbose",
  "--version": "flag",
  "--usage-error": "flag",
  "--kill": "value",
  "--status": "value",
};

const counts = ["--executor-cores", "--total-executor-cores", "--num-executors", "--driver-cores"];
const sizes = ["--executor-memory", "--driver-memory"];
/** Where Spark keeps the settings of every submission, below the working folder. */
const defaultsFile = join("conf", "spark-defaults.conf");

/**
 * Reads the words after `vonk submit`.
 * @throws USAGE, SUBMIT_OPTION_FOREIGN, PROPERTIES_FILE_UNREADABLE
 */
export function parseSubmission(words: readonly string[]): Submission {
  const parsed = parseOptions("submit", words, table, true);
  for (const [option] of parsed.options) {
    const foreign = foreignOptions[option];
    if (foreign !== undefined) throw cliErrors.create("SUBMIT_OPTION_FOREIGN", { option, ...foreign });
  }
  if (has(parsed, "--version")) return { kind: "version" };
  if (has(parsed, "--usage-error")) return { kind: "usage-error" };
  for (const option of counts) for (const value of valuesOf(parsed, option)) countOf(option, value);
  for (const option of sizes) for (const value of valuesOf(parsed, option)) memoryOf(option, value);
  const settings = new Map([...defaultSettings(parsed), ...settingsOf(parsed, settingOf)].map(withWholePaths));
  const properties = withEnvironment(settings);
  for (const kind of ["kill", "status"] as const) {
    const driverId = lastValue(parsed, `--${kind}`);
    if (driverId !== undefined) return { kind, driverId, url: clusterOf(properties, `--${kind}`), properties };
  }
  const [application, ...args] = parsed.words;
  if (application === undefined) throw usage("vonk submit needs the path of an application");
  const deployMode = properties.get("spark.submit.deployMode") ?? "client";
  if (deployMode !== "client" && deployMode !== "cluster") throw usage(`--deploy-mode is '${deployMode}', expected client or cluster`);
  if (deployMode === "cluster") clusterOf(properties, "--deploy-mode cluster");
  const isSupervised = has(parsed, "--supervise");
  if (isSupervised && deployMode === "client") throw usage("--supervise needs --deploy-mode cluster: a worker restarts the driver");
  return { kind: "submit", application, args, deployMode, isSupervised, isVerbose: has(parsed, "--verbose"), settings };
}

/** Paths that begin at this working folder mean the same in a driver with another. */
function withWholePaths([key, value]: readonly [string, string]): [string, string] {
  if (key !== "spark.files" && key !== "spark.archives") return [key, value];
  const paths = value.split(",").map((path) => path.trim());
  return [key, paths.map((path) => (path === "" || path.includes(":") ? path : resolve(path))).join(",")];
}

/** As Spark: the file of defaults counts when no other is given, or when it is asked for. */
function defaultSettings(parsed: ParsedWords): [string, string][] {
  const isWanted = has(parsed, "--load-spark-defaults") || !has(parsed, "--properties-file");
  return isWanted && existsSync(defaultsFile) ? readPropertiesFile(defaultsFile) : [];
}

function clusterOf(properties: ReadonlyMap<string, string>, option: string): string {
  const master = properties.get("spark.master") ?? "local[*]";
  if (!master.startsWith("vonk://")) throw usage(`${option} needs --master vonk://host:port of a cluster, but the master is '${master}'`);
  return master;
}

function has({ options }: ParsedWords, option: string): boolean {
  return options.some(([name]) => name === option);
}

function valuesOf({ options }: ParsedWords, option: string): string[] {
  return options.flatMap(([name, value]) => (name === option ? [value] : []));
}
