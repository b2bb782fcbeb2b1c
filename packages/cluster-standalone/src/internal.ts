// Processes of a cluster
export { MasterProcess } from "./master/master-process.ts";
export type { MasterProcessOptions } from "./master/master-process.ts";
export { soleMaster } from "./master/leadership.ts";
export { WorkerProcess } from "./worker/worker-process.ts";
export type { WorkerProcessOptions } from "./worker/worker-process.ts";
