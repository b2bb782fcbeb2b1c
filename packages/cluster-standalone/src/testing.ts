// A cluster for tests
export { TestCluster } from "./testing/test-cluster.ts";
export type { TestClusterOptions } from "./testing/test-cluster.ts";

// Looking at a cluster of other processes
export { watchCluster } from "./testing/cluster-watch.ts";
export type { ClusterWatch } from "./testing/cluster-watch.ts";
export type { ClusterStatus } from "./message/cluster-state.ts";
