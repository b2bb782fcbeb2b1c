import { parentPort, workerData } from "node:worker_threads";
import { assert } from "@vonk/common/internal";
import type { FromTaskThread, TaskThreadStart, ToTaskThread } from "../message/thread-message.ts";
import { TaskThread } from "./task-thread.ts";

assert(parentPort !== null, "a task thread is started as a worker");
const port = parentPort;
const thread = new TaskThread(workerData as TaskThreadStart, (message: FromTaskThread) => port.postMessage(message));
port.on("message", (message: ToTaskThread) => {
  if (message.kind === "flushOutput") flushOutput();
  else thread.receive(message);
});
port.postMessage({ kind: "ready" } satisfies FromTaskThread);

/** A worker's output goes to its parent a piece at a time, the next when the parent has taken the last: an empty write is called back after all. */
function flushOutput(): void {
  process.stdout.write("", () => process.stderr.write("", () => port.postMessage({ kind: "outputFlushed" } satisfies FromTaskThread)));
}
