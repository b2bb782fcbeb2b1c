// A cluster for tests
export { TestCluster } from "./testing/test-cluster.ts";
export type { TestClusterOptions } from "./testing/test-cluster.ts";

// Looking at a cluster of other processes
export { watchCluster } from "./testing/cluster-watch.ts";
export type { ClusterWatch } from "./testing/cluster-watch.ts";
export type { ClusterStatus } from "./message/cluster-state.ts";
// The simulation of a cluster
export { simulateCluster } from "./testing/simulation/simulate-cluster.ts";
export type { ClusterSimulationOptions, ClusterSimulationOutcome } from "./testing/simulation/simulate-cluster.ts";
