// `npm run golden -- [--dir DIR] [--filter F] [--json FILE] [--examples FILE] [--wrong FILE]`: runs a folder of golden files (inputs, results,
// manifest.json), or documentation examples of functions, and says how many statements agree with Spark at the levels 1 to 4.
// --wrong writes each statement below level 4 with its level and what was met and expected, as JSON.
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { functionExamples } from "./function-examples.ts";
import { readAnswers, readManifest } from "./golden-file.ts";
import { runAll, type FileJudgements } from "./worker-pool.ts";
import type { FileRequest } from "./messages.ts";

interface FileResult {
  readonly file: string;
  readonly statements: number;
  readonly l1: number;
  readonly l2: number;
  readonly l3: number;
  readonly l4: number;
  /** The first statement that is wrong. */
  readonly firstWrong?: { readonly sql: string; readonly met: string; readonly expected: string };
}

const options = {
  dir: { type: "string", default: join(import.meta.dirname, "../../../shared/spark-golden") },
  filter: { type: "string", default: "" },
  json: { type: "string" },
  examples: { type: "string" },
  wrong: { type: "string" },
} as const;

const { values } = parseArgs({ options });
const processes = Math.min(2, availableParallelism());
if (values.examples === undefined) await runFolder(resolve(values.dir));
else await runExamples(resolve(values.examples));

async function runFolder(folder: string): Promise<void> {
  const entries = readManifest(folder).filter((entry) => entry.file.includes(values.filter));
  const requests = entries.map(({ file }): FileRequest => ({ folder, file, ended: [] }));
  const results: FileResult[] = [];
  const wrong: object[] = [];
  await runAll(requests, processes, ({ file }, judgements) => {
    const skipped = entries.find((entry) => entry.file === file)?.skip.length ?? 0;
    const result = resultOf(file, readAnswers(folder, file).length - skipped, judgements);
    results.push(result);
    for (const [statement, judgement] of judgements) if (judgement.level < 4) wrong.push({ file, statement, ...judgement });
    console.log(lineOf(result));
  });
  const files = results.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  const sum = (count: (result: FileResult) => number): number => files.reduce((total, result) => total + count(result), 0);
  const total = {
    statements: sum((file) => file.statements),
    l1: sum((file) => file.l1),
    l2: sum((file) => file.l2),
    l3: sum((file) => file.l3),
    l4: sum((file) => file.l4),
  };
  console.log(lineOf({ file: `total of ${files.length} files`, ...total }));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ total, files }, undefined, 1)}\n`);
  if (values.wrong !== undefined) writeFileSync(values.wrong, `${JSON.stringify(wrong, undefined, 1)}\n`);
}

function resultOf(file: string, statements: number, judgements: FileJudgements): FileResult {
  const judged = [...judgements].toSorted(([a], [b]) => Number(a) - Number(b)).map(([, judgement]) => judgement);
  const reaching = (level: number): number => judged.filter((judgement) => judgement.level >= level).length;
  const first = judged.find((judgement) => judgement.level === 0);
  const counts = { file, statements, l1: reaching(1), l2: reaching(2), l3: reaching(3), l4: reaching(4) };
  return first === undefined ? counts : { ...counts, firstWrong: { sql: first.sql, met: first.met, expected: first.expected } };
}

function lineOf({ file, statements, l1, l2, l3, l4 }: FileResult): string {
  return `${file.padEnd(60)} ${[l1, l2, l3, l4].map((count) => String(count).padStart(6)).join("")} of ${statements}`;
}

async function runExamples(file: string): Promise<void> {
  const examples = functionExamples(readFileSync(file, "utf8"));
  await runAll([{ folder: file, file: "", ended: [] }], 1, (_request, judgements) => {
    const wrong = examples.flatMap(({ statement }) => {
      const judgement = judgements.get(statement);
      return judgement === undefined || judgement.level === 0 ? [{ statement, ...judgement }] : [];
    });
    const functions = new Set(examples.map(({ name }) => name)).size;
    const result = { functions, queries: examples.length, right: examples.length - wrong.length, wrong };
    console.log(`${result.right} of ${result.queries} queries of ${functions} functions are right`);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 1)}\n`);
  });
}
