import { join } from "node:path";
import { run } from "../../command/run.ts";
import { type Peer, peerPython, peersFolder } from "../peer-programs.ts";
import type { QueryResults } from "./query-results.ts";

/** Where tables come from: read from Parquet by each query, or held in memory. */
export type Source = "parquet" | "cached";

const program = join(import.meta.dirname, "peer.py");

/** Runs the 22 queries on another engine; undefined when it is not installed or fails, which is said. */
export async function peerResults(
  peer: Exclude<Peer, "tpc-generator">,
  source: Source,
  data: string,
  queries: string,
  log: (line: string) => void,
): Promise<QueryResults | undefined> {
  const python = peerPython(peer);
  if (python === undefined) {
    log(`${peer} is not installed (npm run bench:peers): rows that compare with it are undecided`);
    return undefined;
  }
  log(`${peer}: ${source}`);
  const env = peer === "spark" ? { SPARK_HOME: undefined, SPARK_LOCAL_IP: "127.0.0.1", PYSPARK_PYTHON: python } : {};
  const { code, stdout, stderr } = await run(python, [program, peer, source, data, queries, "3"], { capture: true, env, cwd: peersFolder });
  const line = /^RESULT (.*)$/m.exec(stdout)?.[1];
  if (code === 0 && line !== undefined) return JSON.parse(line) as QueryResults;
  log(`${peer} ended with ${code}: ${stderr.slice(-600)}`);
  return undefined;
}
