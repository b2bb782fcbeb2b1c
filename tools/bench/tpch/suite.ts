import { join } from "node:path";
import { root } from "../../command/root.ts";
import { runProgram, timeToOutput } from "../program.ts";
import type { Bar, PeerValue, Row, Sample, Suite } from "../suite.ts";
import { peerResults, type Source } from "./peer-results.ts";
import { differences, geometricMean, type QueryResults, worstQuery } from "./query-results.ts";
import { type QueryRun, type QueryRunOutcome, runQueries } from "./run-queries.ts";
import { ensureTables, tpcFolder } from "./table-data.ts";

const queries = join(tpcFolder, "tpch");
const dsQueries = join(tpcFolder, "tpcds");
const program = (name: string): string => join(import.meta.dirname, "program", `${name}.ts`);
const atMost = (value: number): Bar => ({ kind: "at-most", value });
const timesDuckDB = (ratio: number): Bar => ({ kind: "at-most-times", peer: "duckdb", ratio });

/** Folders of tables, made in `prepare`. */
const data = { snappy: "", zstd: "", tpcds: "" };
/** DuckDB's results, by which all answers are judged. */
const reference: Partial<Record<Source, QueryResults>> = {};
const runs = new Map<string, Promise<QueryRunOutcome>>();

/** What a way of running the queries gave, each way once for all rows. */
async function outcomeOf(change: Partial<QueryRun> = {}): Promise<QueryRunOutcome> {
  const run: QueryRun = { master: "local[2]", data: data.snappy, queries, source: "parquet", runs: 3, settings: {}, ...change };
  const key = JSON.stringify(run);
  let pending = runs.get(key);
  if (pending === undefined) runs.set(key, (pending = runQueries(run)));
  const outcome = await pending;
  const wrong = reference.parquet === undefined ? [] : differences(outcome.results, reference.parquet);
  if (wrong.length > 0) throw new Error(`not DuckDB's answers: ${wrong.slice(0, 3).join("; ")}`);
  return outcome;
}

function row(name: string, unit: string, bar: Bar, run: () => Promise<Sample>, times = 1): Row {
  return { name, unit, bar, runs: times, run };
}

const value = (one: number): Sample => ({ value: one });

/** How long the queries take on a cluster of two executors beside local[2], both cold once and then timed. */
async function clusterRatio(store: "files" | "jetstream"): Promise<Sample> {
  const local = await outcomeOf();
  const cluster = await outcomeOf({ master: "local-cluster[2,1,1024]", settings: { "vonk.shuffle.store": store } });
  return value(geometricMean(cluster.results) / geometricMean(local.results));
}

async function worst(source: Source): Promise<Sample> {
  const theirs = reference[source];
  if (theirs === undefined) throw new Error("needs DuckDB (npm run bench:peers)");
  const { name, ratio } = worstQuery((await outcomeOf({ source })).results, theirs);
  return { value: ratio, check: name };
}

/** All tables together are some 650 MB of columns, of which a part of the executor's memory has to hold all, as the peers do. */
const kept = { source: "cached", settings: { "spark.executor.memory": "2g" } } as const;

/** TPC-H and the planning of TPC-DS against DuckDB, Polars and Spark on the same files. */
export const suite: Suite = {
  rows: [
    row("parquet", "ms", timesDuckDB(1.5), async () => value(geometricMean((await outcomeOf()).results))),
    row("cached", "ms", timesDuckDB(1.3), async () => value(geometricMean((await outcomeOf(kept)).results))),
    row("q1-q6-cached", "ms", timesDuckDB(0.6), async () => value(geometricMean((await outcomeOf(kept)).results, ["q1", "q6"]))),
    row("worst-query", "x duckdb", atMost(4), () => worst("parquet")),
    row("zstd", "ms", timesDuckDB(1.5), async () => value(geometricMean((await outcomeOf({ data: data.zstd })).results))),
    row("resident", "MB", atMost(1500), async () => value((await outcomeOf()).residentMB)),
    row("resident-400m", "MB", atMost(1000), async () =>
      value((await outcomeOf({ settings: { "spark.executor.memory": "400m" }, runs: 0 })).residentMB),
    ),
    row("cluster-files", "x local[2]", atMost(2), () => clusterRatio("files")),
    row("cluster-jetstream", "x local[2]", atMost(3), () => clusterRatio("jetstream")),
    row("plan", "ms", atMost(3), () => runProgram(program("plan-queries"), [data.snappy, queries, "median"]), 5),
    row("plan-tpcds", "ms", atMost(10), () => runProgram(program("plan-queries"), [data.tpcds, dsQueries, "median"])),
    row("plan-tpcds-worst", "ms", atMost(60), () => runProgram(program("plan-queries"), [data.tpcds, dsQueries, "worst"])),
    row("sql-start", "s", atMost(0.4), () => startOfSQL(), 5),
    row("parser-build", "ms", atMost(80), () => runProgram(program("parser-build")), 5),
    row("typed-pipeline", "s", atMost(3), () => runProgram(program("check-types")), 5),
  ],
  async prepare(log, { scale }) {
    data.snappy = await ensureTables("tpch", scale, "snappy", log);
    data.zstd = await ensureTables("tpch", scale, "zstd", log);
    data.tpcds = join(tpcFolder, "data", "tpcds-sf0.01");
  },
  async peers(log, wanted) {
    const all = new Map<string, ReadonlyMap<string, PeerValue>>();
    for (const peer of ["duckdb", "polars", "spark"] as const) {
      const values = new Map<string, PeerValue>();
      const parquet = await peerResults(peer, "parquet", data.snappy, queries, log);
      const cached = wanted.some((name) => name.includes("cached"))
        ? await peerResults(peer, "cached", data.snappy, queries, log)
        : undefined;
      const zstd = peer === "duckdb" && wanted.includes("zstd") ? await peerResults(peer, "parquet", data.zstd, queries, log) : undefined;
      if (parquet !== undefined) values.set("parquet", { value: geometricMean(parquet) });
      if (cached !== undefined) {
        values.set("cached", { value: geometricMean(cached) });
        values.set("q1-q6-cached", { value: geometricMean(cached, ["q1", "q6"]) });
      }
      if (zstd !== undefined) values.set("zstd", { value: geometricMean(zstd) });
      if (peer === "duckdb" && parquet !== undefined) reference.parquet = parquet;
      if (values.size > 0) all.set(peer, values);
    }
    return all;
  },
};

/** `vonk sql -e "select count(*) …"`, process start to answer. */
async function startOfSQL(): Promise<Sample> {
  const cli = join(root, "packages", "cli", "dist", "vonk.js");
  return await timeToOutput(cli, ["sql", "-e", `select count(*) from parquet.\`${join(data.snappy, "nation.parquet")}\``]);
}
