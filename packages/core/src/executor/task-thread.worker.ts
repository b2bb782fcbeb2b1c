import { parentPort, workerData } from "node:worker_threads";
import { assert } from "@vonk/common/internal";
import type { FromTaskThread, TaskThreadStart, ToTaskThread } from "../message/thread-message.ts";
import { TaskThread } from "./task-thread.ts";

assert(parentPort !== null, "a task thread is started as a worker");
const port = parentPort;
const thread = new TaskThread(workerData as TaskThreadStart, (message: FromTaskThread) => port.postMessage(message));
port.on("message", (message: ToTaskThread) => thread.receive(message));
port.postMessage({ kind: "ready" } satisfies FromTaskThread);
