import { createInterface } from "node:readline";
import { errorToData } from "@vonk/common";
import type { ProcessStart } from "./process-start.ts";

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  const start = JSON.parse(line) as ProcessStart;
  void import("./machine-process.ts")
    .then(({ runMachineProcess }) => runMachineProcess(start))
    .catch((error: unknown) => {
      process.stderr.write(`${errorToData(error).message}\n`);
      process.exit(1);
    });
});
