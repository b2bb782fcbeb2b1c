import { join } from "node:path";
import { runProgram } from "../program.ts";
import type { Source } from "./peer-results.ts";
import type { QueryResults } from "./query-results.ts";

/** What to run the 22 queries on. */
export interface QueryRun {
  readonly master: string;
  readonly data: string;
  readonly queries: string;
  readonly source: Source;
  /** Timed runs of each query, after one that warms up; 0 takes the first. */
  readonly runs: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** What came of it. */
export interface QueryRunOutcome {
  readonly results: QueryResults;
  /** The largest resident size of the process, in MB. */
  readonly residentMB: number;
}

const program = join(import.meta.dirname, "program", "run-queries.ts");

/** Runs the queries in a process of their own. */
export function runQueries(run: QueryRun): Promise<QueryRunOutcome> {
  return runProgram<QueryRunOutcome>(program, [JSON.stringify(run)]);
}
