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
/** Whether DuckDB is there and wanted. */
let beside = false;
/** DuckDB's rows, by which all answers are judged. */
let reference: QueryResults | undefined;

const runs = new Map<string, Promise<QueryRunOutcome>>();
const duckdbRuns = new Map<string, Promise<QueryResults | undefined>>();

/** The value of a key, made once. */
function once<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let pending = made.get(key);
  if (pending === undefined) made.set(key, (pending = make()));
  return pending;
}

/** What a way of running the queries gave, for each turn once for all rows. */
async function outcomeOf(change: Partial<QueryRun> = {}, turn = 0): Promise<QueryRunOutcome> {
  const run: QueryRun = { master: "local[2]", data: data.snappy, queries, source: "parquet", runs: 3, settings: {}, ...change };
  const outcome = await once(runs, JSON.stringify([run, turn]), () => runQueries(run));
  const wrong = reference === undefined ? [] : differences(outcome.results, reference);
  if (wrong.length > 0) throw new Error(`not DuckDB's answers: ${wrong.slice(0, 3).join("; ")}`);
  return outcome;
}

function duckdb(source: Source, folder: string, turn: number, log: (line: string) => void): Promise<QueryResults | undefined> {
  return once(duckdbRuns, JSON.stringify([source, folder, turn]), () => peerResults("duckdb", source, folder, queries, log));
}

/** A turn: the queries by Vonk and then, when it is wanted, by DuckDB in the next seconds. */
async function turnOf(change: Partial<QueryRun>, turn: number): Promise<{ ours: QueryResults; theirs: QueryResults | undefined }> {
  const ours = (await outcomeOf(change, turn)).results;
  const theirs = beside ? await duckdb(change.source ?? "parquet", change.data ?? data.snappy, turn, () => undefined) : undefined;
  return { ours, theirs };
}

/** How many turns a row that is judged beside DuckDB takes: the speed of a shared machine changes within minutes. */
const turns = 5;

/** The geometric mean of some queries beside DuckDB's, measured in turns. */
function besideDuckDB(name: string, ratio: number, change: () => Partial<QueryRun>, names?: readonly string[]): Row {
  let turn = 0;
  return row(
    name,
    "ms",
    timesDuckDB(ratio),
    async () => {
      const { ours, theirs } = await turnOf(change(), turn++);
      const sample = value(geometricMean(ours, names));
      return theirs === undefined ? sample : { ...sample, beside: { duckdb: geometricMean(theirs, names) } };
    },
    turns,
  );
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

/** The query that is slowest beside DuckDB by the median of its ratios; the slowest of all without DuckDB. */
async function worst(): Promise<Sample> {
  const all: Awaited<ReturnType<typeof turnOf>>[] = [];
  for (let turn = 0; turn < turns; turn++) all.push(await turnOf({}, turn));
  const { name, ours, theirs } = worstQuery(all);
  return { value: ours, check: name, ...(beside ? { beside: { duckdb: theirs } } : {}) };
}

/** All tables together are some 650 MB of columns, of which a part of the executor's memory has to hold all, as the peers do. */
const kept = { source: "cached", settings: { "spark.executor.memory": "2g" } } as const;

/** TPC-H and the planning of TPC-DS against DuckDB, Polars and Spark on the same files. */
export const suite: Suite = {
  rows: [
    besideDuckDB("parquet", 1.5, () => ({})),
    besideDuckDB("cached", 1.3, () => kept),
    besideDuckDB("q1-q6-cached", 0.6, () => kept, ["q1", "q6"]),
    row("worst-query", "ms", timesDuckDB(4), worst),
    besideDuckDB("zstd", 1.5, () => ({ data: data.zstd })),
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
    reference = await duckdb("parquet", data.snappy, 0, log);
    beside = reference !== undefined;
    for (const peer of ["polars", "spark"] as const) {
      const values = new Map<string, PeerValue>();
      if (wanted.includes("parquet")) {
        const parquet = await peerResults(peer, "parquet", data.snappy, queries, log);
        if (parquet !== undefined) values.set("parquet", { value: geometricMean(parquet) });
      }
      if (wanted.some((name) => name.includes("cached"))) {
        const cached = await peerResults(peer, "cached", data.snappy, queries, log);
        if (cached !== undefined) {
          values.set("cached", { value: geometricMean(cached) });
          values.set("q1-q6-cached", { value: geometricMean(cached, ["q1", "q6"]) });
        }
      }
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
