import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../command/root.ts";
import { runTool } from "../command/run.ts";

/**
 * Builds what has changed (Nx's cache answers for the rest), silently: stdout belongs to the results. Returns whether there is
 * something to measure; a build that failed is told, and the bundles that are there are measured.
 */
export async function ensureBuilt(log: (line: string) => void): Promise<boolean> {
  const outcome = await runTool("nx/dist/bin/nx.js", ["run-many", "-t", "build", "--output-style=static"], { capture: true });
  if (outcome.code !== 0)
    log(`the build failed; measuring what was built before\n${(outcome.stdout + outcome.stderr).trim().slice(-2000)}`);
  return existsSync(join(root, "packages", "core", "dist", "index.js"));
}
