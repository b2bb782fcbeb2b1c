import { parentPort, workerData } from "node:worker_threads";
import { startTaskWorker } from "../executor/start-task-worker.ts";
import type { ServiceThreadStart } from "./local-driver.ts";

// Task threads start while this thread still loads its own code.
const start = workerData as ServiceThreadStart;
const workers = Array.from({ length: start.slots }, (_, index) =>
  startTaskWorker(index + 2, { settings: start.executor, segment: start.segment }, start.heapHardLimitMiB),
);
const { serveLocalDriver } = await import("./local-driver.ts");
serveLocalDriver(start, parentPort, workers);
