import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../../command/root.ts";

const command = join(root, "packages", "cli", "dist", "vonk.js");

/** Runs the built `vonk` command to its end. Rejects when it fails, with what it said. */
export async function vonk(words: readonly string[]): Promise<{ readonly seconds: number; readonly stdout: string }> {
  const start = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...words], { encoding: "utf8" });
  return { seconds: (performance.now() - start) / 1000, stdout };
}
