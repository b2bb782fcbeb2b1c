import { availableParallelism } from "node:os";
import { join } from "node:path";
import { SparkContext } from "@vonk/core";
import { root } from "../command/root.ts";
import type { DemoData, DemoJob } from "./demo-job.ts";
import { birdstrikes } from "./job/birdstrikes.ts";
import { flights } from "./job/flights.ts";
import { words } from "./job/words.ts";
import { queryText, queryTitle, statesQuery } from "./query.ts";
import type { DemoOptions } from "./options.ts";
import { table } from "./table.ts";
import { WhereTimeWent } from "./where-time-went.ts";

/** The jobs in the order in which they run. */
export const demoJobs: readonly DemoJob[] = [flights, birdstrikes, words];

/** The demo's data: `folder`, and the Markdown files of the installed packages. */
export function demoData(folder: string): DemoData {
  const packages = escapePattern(join(root, "node_modules"));
  return { folder: escapePattern(folder), documents: `${packages}/[^@._]*/*.md,${packages}/@*/*/*.md` };
}

/** Runs the chosen jobs and prints their results, lineages and times. */
export async function runDemo(options: DemoOptions, print: (text: string) => void): Promise<void> {
  await using sc = new SparkContext({
    master: options.master,
    appName: "demo",
    conf: { "spark.ui.showConsoleProgress": true, ...options.settings },
  });
  const times = new WhereTimeWent();
  using _events = closing(sc.addSparkListener((event) => times.note(event)));
  print(`Vonk ${sc.version} on Node ${process.versions.node}, ${sc.master} of ${availableParallelism()} cores\n`);
  for (const job of demoJobs) {
    if (options.jobs.length === 0 || options.jobs.includes(job.name)) await show(job, sc, options, print);
  }
  if (options.jobs.length === 0 || options.jobs.includes("states")) await showQuery(sc, options, print);
  print(`${heading("Where time went")}\n${times.toString()}\n`);
}

async function show(job: DemoJob, sc: SparkContext, options: DemoOptions, print: (text: string) => void): Promise<void> {
  sc.setJobDescription(job.name);
  const { header, rows, rdd, notes = [] } = await job.run(sc, demoData(options.data));
  const more = rows.length > options.rows ? [`${(rows.length - options.rows).toLocaleString("en-US")} rows more`] : [];
  const below = [...notes, ...more].map((note) => `  ${note}\n`).join("");
  const lineage = (await rdd.toDebugString()).trimEnd().replaceAll(/^/gm, "  ");
  print(`${heading(job.title)}\n${table(header, rows.slice(0, options.rows))}\n${below}\n  lineage\n${lineage}\n`);
}

async function showQuery(sc: SparkContext, options: DemoOptions, print: (text: string) => void): Promise<void> {
  sc.setJobDescription("states");
  const frame = await statesQuery(sc, options.data);
  const shown = await frame.tableText(await frame.collect());
  print(`${heading(queryTitle)}\n${queryText}\n\n${shown}\n${await frame.explainString()}`);
}

function heading(title: string): string {
  return process.stdout.isTTY ? `\u001b[1m${title}\u001b[0m` : title;
}

function closing(subscription: { close(): void }): Disposable {
  return { [Symbol.dispose]: () => subscription.close() };
}

/** A path as textFile takes it, with the characters of patterns escaped. */
function escapePattern(path: string): string {
  return path.replaceAll("\\", "/").replaceAll(/[*?[\]{},]/g, "\\$&");
}
