// `npm run format`: writes every file in the project's format; arguments (paths, --check) go to oxfmt.
import { runTool } from "../command/run.ts";

process.exitCode = (await runTool("oxfmt/bin/oxfmt", process.argv.slice(2))).code;
