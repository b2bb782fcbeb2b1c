import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "../../../command/root.ts";

const command = join(root, "packages", "cli", "dist", "vonk.js");

/** Runs the built `vonk` command to its end. */
export function vonk(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { readonly seconds: number; readonly stdout: string } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...words], {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`vonk ${words.join(" ")} ended with ${status}: ${stderr.slice(-500)}`);
  return { seconds, stdout };
}
