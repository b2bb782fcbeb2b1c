// `npm run oracle -- [--queries N] [--seed S]`: random queries on Vonk and on DuckDB (npm run bench:peers installs it) over the same Parquet files.
// Prints the queries whose rows differ, then `N queries, N differ`; exit code 1 when some do, 2 when DuckDB is not there.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seededRandom } from "@vonk/common/internal";
import { SparkSession } from "@vonk/sql";
import { peerPython } from "../bench/peer-programs.ts";
import { linesOf, openStar, sampleValues, starData } from "./query-ways.ts";
import { RandomQueries } from "./random-query.ts";

const { values } = parseArgs({ options: { queries: { type: "string", default: "200" }, seed: { type: "string", default: "1" } } });
const python = peerPython("duckdb");
if (python === undefined) {
  process.stderr.write("DuckDB is not installed: run npm run bench:peers\n");
  process.exit(2);
}

const peer = spawn(python, [join(import.meta.dirname, "duckdb_rows.py"), starData], { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
const spark = openStar(new SparkSession({ master: "local[2]", appName: "oracle" }));
const queries = new RandomQueries(seededRandom(Number(values.seed)), await sampleValues(spark));
const count = Number(values.queries);
let differ = 0;
for (let index = 0; index < count; index++) {
  const query = queries.next();
  peer.stdin.write(`${JSON.stringify(query)}\n`);
  const [own, { value: line }] = await Promise.all([linesOf(spark, query), answers.next()]);
  const theirs = JSON.parse(String(line)) as readonly string[];
  if (own.join("\n") === theirs.toSorted().join("\n")) continue;
  differ++;
  const at = theirs.toSorted().findIndex((row, position) => row !== own[position]);
  process.stdout.write(`${query}\n  DuckDB ${theirs.length} rows: ${theirs.toSorted()[at]}\n  Vonk ${own.length} rows: ${own[at]}\n`);
}
peer.stdin.end();
await spark.stop();
process.stdout.write(`${count} queries, ${differ} differ\n`);
process.exitCode = differ > 0 ? 1 : 0;
