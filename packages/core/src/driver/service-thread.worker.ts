import { parentPort, workerData } from "node:worker_threads";
import { attachPort, InProcessBus } from "@vonk/bus/internal";
import { assert, systemClock } from "@vonk/common/internal";
import { startLocalDriver, type ServiceThreadStart } from "./local-driver.ts";

assert(parentPort !== null, "the service thread is started as a worker");
const start = workerData as ServiceThreadStart;
const bus = new InProcessBus({ clone: start.cloneMessages });
attachPort(bus, parentPort);
void startLocalDriver(start, bus, systemClock);
