// A process that runs golden files for `main.ts`, which ends it when a statement does not return.
import { readFileSync } from "node:fs";
import { SparkContext } from "@vonk/core";
import { SparkSession } from "@vonk/sql";
import { combinationsOf, readAnswers, readInput, readManifest, type GoldenAnswer } from "./golden-file.ts";
import { functionExamples } from "./function-examples.ts";
import { levelOf, sameRows } from "./judge-statement.ts";
import type { FileRequest, Judgement, WorkerReport } from "./messages.ts";
import { preloadTables } from "./preloaded-tables.ts";
import { registerTestFunctions } from "./test-functions.ts";
import { runStatement, type StatementResult } from "./run-statement.ts";

const statementTimeoutMs = 8_000;
const context = new SparkContext({ master: "local[1]", appName: "golden" });

function report(message: WorkerReport): void {
  process.send?.(message);
}

process.on("message", (request: FileRequest) => {
  const work = request.file === "" ? runExamples(request) : runFile(request);
  work.then(
    () => report({ kind: "done" }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("unhandledRejection", () => undefined);
process.on("disconnect", () => process.exit(0));
report({ kind: "ready" });

async function runFile({ folder, file, ended }: FileRequest): Promise<void> {
  const entry = readManifest(folder).find((candidate) => candidate.file === file) ?? { file, mode: "ansi", tables: [], skip: [] };
  const input = readInput(folder, file);
  const answers = readAnswers(folder, file);
  const skipped = new Set(entry.skip.map(([index]) => index));
  for (const [combination, settings] of combinationsOf(entry, input).entries()) {
    const spark = new SparkSession(context, settings);
    registerTestFunctions(spark);
    preloadTables(spark, folder, [...entry.tables, ...input.tables]);
    for (const [index, answer] of answers.entries()) {
      if (skipped.has(index)) continue;
      const statement = `${combination}.${index}`;
      if (ended.includes(statement)) continue;
      report({ kind: "begin", statement });
      const result = await runStatement(spark, answer.sql, statementTimeoutMs);
      report({ kind: "judged", statement: String(index), judgement: judge(result, answer, levelOf(result, answer)) });
    }
  }
}

async function runExamples({ folder, ended }: FileRequest): Promise<void> {
  const examples = functionExamples(readFileSync(folder, "utf8"));
  for (const { name, statement, answer } of examples) {
    if (ended.includes(statement)) continue;
    report({ kind: "begin", statement });
    const result = await runStatement(new SparkSession(context, { "spark.sql.session.timeZone": "America/Los_Angeles" }), answer.sql, statementTimeoutMs);
    const right = result.error === undefined && sameRows(result.output, { ...answer, schema: result.schema });
    const judgement = judge(result, answer, right ? 4 : 0);
    report({ kind: "judged", statement, judgement: { ...judgement, sql: `${name}: ${judgement.sql}` } });
  }
}

function judge(result: StatementResult, answer: GoldenAnswer, level: number): Judgement {
  const { error, schema, output } = result;
  const met = error === undefined ? `${schema}\n${output.join("\n")}` : `${error.message}\n${level === 0 ? "" : JSON.stringify(error)}`;
  return level === 4
    ? { level, sql: answer.sql, met: "", expected: "" }
    : { level, sql: answer.sql, met: met.slice(0, 900), expected: `${answer.schema}\n${answer.output}`.slice(0, 900) };
}
