// Configuration
export { natsConfig } from "./config/nats-config.ts";
