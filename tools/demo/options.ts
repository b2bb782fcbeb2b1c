import { join } from "node:path";
import { root } from "../command/root.ts";

/** What the demo's command line asks for. */
export interface DemoOptions {
  readonly master: string;
  /** Names of the jobs to run; empty means all. */
  readonly jobs: readonly string[];
  /** The folder of vega-datasets. */
  readonly data: string;
  /** Rows printed of each table. */
  readonly rows: number;
  readonly settings: Readonly<Record<string, string>>;
}

const jobNames: readonly string[] = ["flights", "birdstrikes", "words", "states"];

/** What `npm run demo -- --help` prints. */
export const help = `npm run demo -- [options]: RDDs and SQL on real data

  --job NAME         run one job (may be given several times): flights, birdstrikes, words, states
  --master URL       local, local[K], local[*] (default)
  --data FOLDER      where flights-20k.json, flights-3m.parquet, airports.csv and birdstrikes.csv lie (default: the package vega-datasets)
  --rows N           rows printed of each table (default 10)
  --conf KEY=VALUE   a setting, such as spark.executor.memory=256m or spark.eventLog.enabled=true
  --help             this

flights       delay by state: flights joined with airports
birdstrikes   bird strikes grouped by phase of flight, from a cached input
words         word count over the Markdown files of the installed packages, with a broadcast and an accumulator
states        the busiest states among three million flights: SQL over a Parquet file
`;

/** The folder of the package vega-datasets. */
export const defaultData: string = join(root, "node_modules", "vega-datasets", "data");

/** Reads the options; text in place of them is what is wrong. */
export function parseOptions(words: readonly string[]): DemoOptions | string {
  const jobs: string[] = [];
  const settings: Record<string, string> = {};
  let master = "local[*]";
  let data = defaultData;
  let rows = 10;
  for (let at = 0; at < words.length; at += 2) {
    const [option = "", value] = words.slice(at, at + 2);
    if (!["--job", "--master", "--data", "--rows", "--conf"].includes(option)) return `there is no option ${option}`;
    if (value === undefined) return `${option} needs a value`;
    if (option === "--job") jobs.push(value);
    else if (option === "--master") master = value;
    else if (option === "--data") data = value;
    else if (option === "--rows") rows = Number(value);
    else if (value.includes("=")) settings[value.slice(0, value.indexOf("="))] = value.slice(value.indexOf("=") + 1);
    else return `--conf is '${value}', expected KEY=VALUE`;
  }
  const unknown = jobs.find((name) => !jobNames.includes(name));
  if (unknown !== undefined) return `there is no job ${unknown}; there are ${jobNames.join(", ")}`;
  if (!Number.isInteger(rows) || rows < 1) return "--rows expects a whole number of at least 1";
  return { master, jobs, data, rows, settings };
}
