// `npm run build`: every package's dist, in order of dependency, from Nx's cache where nothing changed.
import { runTool } from "../command/run.ts";

const args = ["run-many", "-t", "build", "--output-style=static", ...process.argv.slice(2)];
process.exitCode = (await runTool("nx/dist/bin/nx.js", args)).code;
