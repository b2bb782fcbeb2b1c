// The bus over NATS
export { NatsBus } from "./transport/nats-bus.ts";
export type { NatsBusLimits } from "./transport/nats-bus.ts";

// Connections
export { NatsLink } from "./connection/nats-link.ts";
export type { LinkMessage, LinkStatus, ServerDescription } from "./connection/nats-link.ts";
export type { NatsCredentials, NatsOptions, NatsTls } from "./connection/options.ts";
export { formatAddress, parseAddress, parseMasterAddresses } from "./connection/address.ts";
export type { Address } from "./connection/address.ts";

// nats-server on this machine
export { findNatsServer, requireNatsServer } from "./server/find-server.ts";
export type { FindNatsServerOptions, NatsServerProgram } from "./server/find-server.ts";
export { NatsServer } from "./server/nats-server.ts";
export type { NatsServerOptions } from "./server/nats-server.ts";
export type { ServerAuthorization, ServerSettings, ServerTls } from "./server/server-config.ts";
export { compareVersions, versionFloor, versionRecommended } from "./server/server-version.ts";
