import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../command/root.ts";
import type { SparkSession } from "@vonk/sql";
import type { SampleValues } from "./random-query.ts";
import { starSchema } from "./star-schema.ts";

/** Tables for random queries, which every developer has. */
export const starData: string = join(root, "..", "shared", "tpc", "data", "tpcds-sf0.01");

/** Rules without which a query means the same and costs more. */
const optionalRules = ["FoldConstants", "ExtractCommonConditions", "PushDownPredicates", "ReorderJoin", "CollapseProject", "ColumnPruning"];

/** Ways of computing a query that must agree: the settings of a session. */
export const sessionWays = {
  compiled: {},
  interpreted: { "spark.sql.codegen.wholeStage": "false" },
  unoptimized: { "spark.sql.codegen.wholeStage": "false", "spark.sql.optimizer.excludedRules": optionalRules.join(",") },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/** Applications of their own that must agree with those sessions, with the share of queries that they are asked: every n-th. */
export const applicationWays = {
  spilling: {
    master: "local[2]",
    every: 2,
    conf: {
      "spark.shuffle.spill.numElementsForceSpillThreshold": "500",
      "vonk.batch.records": "128",
      "spark.sql.codegen.wholeStage": "false",
      "spark.sql.shuffle.partitions": "5",
      "spark.sql.autoBroadcastJoinThreshold": "-1",
    },
  },
  "little memory": { master: "local[2]", every: 5, conf: { "spark.executor.memory": "32m" } },
  "two executors": { master: "local-cluster[2,1,1024]", every: 6, conf: {} },
  "two executors, row by row": {
    master: "local-cluster[2,1,1024]",
    every: 12,
    conf: { "spark.sql.adaptive.autoBroadcastJoinThreshold": "20kb", "spark.sql.codegen.wholeStage": "false" },
  },
} as const satisfies Record<string, { readonly master: string; readonly every: number; readonly conf: Readonly<Record<string, string>> }>;

/** A session on the tables. */
export function openStar(session: SparkSession): SparkSession {
  for (const file of readdirSync(starData))
    session.read.parquet(join(starData, file)).createOrReplaceTempView(file.replace(".parquet", ""));
  return session;
}

/** The rows of a query as lines of text in no order, or its error's code. */
export async function linesOf(session: SparkSession, query: string): Promise<readonly string[]> {
  try {
    const rows = await (await session.sql(query)).collect();
    return rows.map((row) => row.toSeq().map(cell).join("|")).toSorted();
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === undefined) throw error;
    return [`error ${code}`];
  }
}

function cell(value: unknown): string {
  if (value === null) return "NULL";
  // Sums of decimals end in zeros that another engine leaves out.
  const text = (value as { toString(): string }).toString();
  return /^-?\d+\.\d*0$/.test(text) ? text.replace(/\.?0+$/, "") : text;
}

/** Some values of each column, as literals. */
export async function sampleValues(session: SparkSession): Promise<SampleValues> {
  const samples = new Map<string, readonly string[]>();
  for (const { name, columns } of starSchema) {
    const rows = await (
      await session.sql(
        `SELECT ${columns.map((column) => column.name).join(", ")} FROM ${name} ORDER BY hash(${columns[0]?.name ?? "1"}) LIMIT 400`,
      )
    ).collect();
    for (const [index, column] of columns.entries()) {
      const values = new Set(rows.map((row) => row.get(index)).filter((value) => value !== null));
      const literals = [...values].map((value) => literal(String(value as { toString(): string }), column.kind));
      if (literals.length > 0) samples.set(`${name}.${column.name}`, literals);
    }
  }
  return samples;
}

function literal(text: string, kind: string): string {
  if (kind === "text") return `'${text.replaceAll("'", "''")}'`;
  return kind === "date" ? `DATE '${text}'` : text;
}
