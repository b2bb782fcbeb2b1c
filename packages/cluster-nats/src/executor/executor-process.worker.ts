import { createInterface } from "node:readline";
import { errorToData } from "@vonk/common";
import { executorExit, type ExecutorStart } from "./executor-start.ts";

// The process that launched this one holds the other end of standard input: when that is gone, nobody waits for this executor.
const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  void import("./executor-main.ts")
    .then(({ runExecutor }) => runExecutor(JSON.parse(line) as ExecutorStart))
    .then(
      (code) => process.exit(code),
      (error: unknown) => {
        const { code, message, stack } = errorToData(error);
        process.stderr.write(`executor failed: [${code}] ${message}\n${stack}\n`);
        process.exit(executorExit.failed);
      },
    );
});
lines.once("close", () => process.exit(executorExit.orphaned));
