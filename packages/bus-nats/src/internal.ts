// Finding a nats-server on this machine
export { findNatsServer, requireNatsServer } from "./server/find-server.ts";
export type { FindNatsServerOptions, NatsServerProgram } from "./server/find-server.ts";
export { compareVersions, versionFloor, versionRecommended } from "./server/server-version.ts";
