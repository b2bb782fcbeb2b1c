import { parentPort, workerData } from "node:worker_threads";
import { assert } from "@vonk/common/internal";
import type { DataThreadStart, ToDataThread } from "./data-message.ts";
import { DataThread } from "./data-thread.ts";

assert(parentPort !== null, "the data thread is started as a worker");
const port = parentPort;
const thread = new DataThread(workerData as DataThreadStart, (message) => port.postMessage(message));
port.on("message", (message: ToDataThread) => thread.receive(message));
