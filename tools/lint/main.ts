// `npm run lint`: oxlint with type information, then the format as a check. `npm run lint -- --fix` repairs what can be repaired.
import { runTool } from "../command/run.ts";

const args = process.argv.slice(2);
const lint = await runTool("oxlint/bin/oxlint", ["--type-aware", "--report-unused-disable-directives", ...args]);
const format = await runTool("oxfmt/bin/oxfmt", args.includes("--fix") ? [] : ["--check"]);
process.exitCode = lint.code === 0 ? format.code : lint.code;
