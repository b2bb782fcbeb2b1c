// A cluster for tests
export { TestCluster } from "./testing/test-cluster.ts";
export type { TestClusterOptions } from "./testing/test-cluster.ts";
