import { createInterface } from "node:readline";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { DriverStart } from "./driver-start.ts";

// The worker holds the other end of standard input; when it is gone the cluster launches the driver elsewhere.
const orphaned = 51;
const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  const { mainFile, args, workingDir } = JSON.parse(line) as DriverStart;
  process.chdir(workingDir);
  const path = resolve(workingDir, mainFile);
  process.argv.splice(1, process.argv.length, path, ...args);
  // Waiting for the worker's end must not keep an application alive that is done.
  process.stdin.unref();
  void import(pathToFileURL(path).href);
});
lines.once("close", () => process.exit(orphaned));
