// Processes of a cluster
export { runMaster } from "./process/master-main.ts";
export type { RunMasterOptions } from "./process/master-main.ts";
export { runWorker } from "./process/worker-main.ts";
export type { RunWorkerOptions } from "./process/worker-main.ts";
export { stopOnSignals } from "./process/stop-on-signals.ts";
export type { ClusterAddress, ClusterProcess } from "./process/cluster-process.ts";

// Their parts, for a cluster in one process
export { MasterProcess } from "./master/master-process.ts";
export type { MasterProcessOptions } from "./master/master-process.ts";
export { soleMaster } from "./master/leadership.ts";
export { WorkerProcess } from "./worker/worker-process.ts";
export type { WorkerProcessOptions } from "./worker/worker-process.ts";

// A cluster on this machine
export { machineClusterURL, machineProcesses, startMachineCluster, stopMachineCluster } from "./machine/machine-cluster.ts";
export type { MachineClusterOptions, MachineProcess } from "./machine/machine-cluster.ts";

// Asking a cluster
export { ClusterClient } from "./client/cluster-client.ts";
export { connectCluster } from "./process/cluster-process.ts";
export type { ClusterBus } from "./process/cluster-process.ts";
export { newDriverId, SubmittedDriver } from "./client/submitted-driver.ts";
export type { ClusterStatus, DriverDescription, DriverStatus } from "./message/cluster-state.ts";
export { ClusterLogs } from "./client/cluster-logs.ts";
export type { ClusterLog } from "./client/cluster-logs.ts";
export type { LogPiece } from "./message/services.ts";
export { bundledScheme } from "./bundle/bundle-store.ts";
export type { Bundle, BundledFile } from "./bundle/bundle-store.ts";
