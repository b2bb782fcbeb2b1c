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
