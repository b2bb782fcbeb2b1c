// `npm run knip`: dependencies and exports that nothing uses.
import { runTool } from "../command/run.ts";

process.exitCode = (
  await runTool("knip/bin/knip.js", ["--config", "tools/knip/knip.json", "--no-config-hints", ...process.argv.slice(2)])
).code;
