import { createInterface } from "node:readline";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { DriverStart } from "./driver-start.ts";

// The worker holds the other end of standard input; when it is gone the cluster launches the driver elsewhere.
const orphaned = 51;
/** Node's own for a program whose top level still awaits when nothing is left to do; an import of it would end with 0. */
const neverSettled = 13;
const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  const { mainFile, args, workingDir } = JSON.parse(line) as DriverStart;
  const path = resolve(workingDir, mainFile);
  if (existsSync(workingDir)) process.chdir(workingDir);
  process.argv.splice(1, process.argv.length, path, ...args);
  // Waiting for the worker's end must not keep an application alive that is done.
  process.stdin.unref();
  let isSettled = false;
  process.once("exit", () => {
    if (!isSettled) process.exitCode ??= neverSettled;
  });
  void import(pathToFileURL(path).href).finally(() => (isSettled = true));
});
lines.once("close", () => process.exit(orphaned));
