// Seconds that the TypeScript compiler takes to check a program of fifty steps over typed DataFrames, without loading and parsing.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { root } from "../../../command/root.ts";

const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
const project = join(root, "packages", "dataframe", "test", "types", "pipeline.tsconfig.json");
const output = execFileSync(process.execPath, [compiler, "-p", project, "--extendedDiagnostics", "--pretty", "false"], {
  encoding: "utf8",
});
const seconds = /Check time:\s+([\d.]+)s/.exec(output)?.[1];
process.stdout.write(`RESULT ${JSON.stringify({ value: Number(seconds) })}\n`);
