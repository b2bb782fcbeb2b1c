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

// Streams for bulk data
export { createStream, deleteStream, listStreams, streamState } from "./jetstream/streams.ts";
export type { StreamSpec, StreamState } from "./jetstream/streams.ts";
export { StreamReader } from "./jetstream/stream-reader.ts";
export type { StreamMessage, StreamReaderOptions } from "./jetstream/stream-reader.ts";
export { StreamWriter } from "./jetstream/stream-writer.ts";
export type { StreamWriterOptions, StreamWritten } from "./jetstream/stream-writer.ts";

// State that processes share
export { NatsKeyValueStore } from "./state/nats-key-value-store.ts";
export type { NatsKeyValueOptions } from "./state/nats-key-value-store.ts";
