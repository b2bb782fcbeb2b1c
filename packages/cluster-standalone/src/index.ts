// The cluster manager
export { clusterManager } from "./application/standalone-manager.ts";

// Errors
export { standaloneErrors } from "./errors.ts";
