// `npm run types`: type-checks packages, tests and tools, and writes the packages' declarations.
import { runTool } from "../command/run.ts";

process.exitCode = (await runTool("typescript/bin/tsc", ["-b", ...process.argv.slice(2)])).code;
