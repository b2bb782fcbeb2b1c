// Configuration
export { natsConfig } from "./config/nats-config.ts";

// Errors
export { clusterErrors } from "./errors.ts";
