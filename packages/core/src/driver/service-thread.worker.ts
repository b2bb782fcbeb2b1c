import { parentPort, workerData } from "node:worker_threads";
import { startTaskWorker } from "../executor/start-task-worker.ts";
import type { ServiceThreadStart } from "./service-thread.ts";

// Task threads start while this thread still loads its own code.
const start = workerData as ServiceThreadStart;
const { executors, segment } = start;
const workers =
  executors.kind === "cluster"
    ? []
    : Array.from({ length: executors.slots }, (_, index) =>
        startTaskWorker(index + 2, { settings: executors.settings, segment }, executors.heapHardLimitMiB),
      );
const { serveDriver } = await import("./serve-driver.ts");
serveDriver(start, parentPort, workers);
