// Lineages and task reports for scheduler tests
export { LineageBuilder } from "./testing/lineage-builder.ts";
export type { NarrowParent, RDDExtras } from "./testing/lineage-builder.ts";
export { exceptionReason, failedReport, fetchFailedReason, mapReport, resultReport } from "./testing/task-reports.ts";

// Schedulers that tests drive by hand
export { DAGSchedulerHarness } from "./testing/dag-scheduler-harness.ts";
export { launches, TaskSchedulerHarness, taskSetOf } from "./testing/task-scheduler-harness.ts";

// The simulation of driver, bus and executors
export { simulate } from "./testing/simulation/simulate.ts";
export type { SimulationOptions, SimulationOutcome } from "./testing/simulation/simulate.ts";

// Parts of it, for simulations of clusters
export { InvariantChecker } from "./testing/simulation/invariants.ts";
export type { InvariantSettings } from "./testing/simulation/invariants.ts";
export { simulatedTaskThreads, valueBytes } from "./testing/simulation/simulated-task-thread.ts";
export type { TaskThreadWorld } from "./testing/simulation/simulated-task-thread.ts";
export { SimulatedUser } from "./testing/simulation/user.ts";
export { randomWorkload } from "./testing/simulation/workload.ts";
export type { Workload } from "./testing/simulation/workload.ts";
export { randomDriverSettings, randomScheduling, randomTaskSizes } from "./testing/simulation/simulate.ts";
export { DriverService } from "./driver/driver-service.ts";
export type { SchedulingSettings } from "./config/scheduling-config.ts";
export { ServedFiles } from "./driver/served-files.ts";
export type { DriverSettings } from "./driver/driver-settings.ts";
export type { DriverObserver } from "./driver/scheduler-shell.ts";
export type { DriverCluster } from "./driver/driver-cluster.ts";
export { version } from "./version.ts";
