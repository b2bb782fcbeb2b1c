// Servers for tests
export { serversUnderTest, startTestServer } from "./testing/test-server.ts";
export type { ServerUnderTest } from "./testing/test-server.ts";
export type { NatsServer } from "./server/nats-server.ts";
export type { NatsServerProgram } from "./server/find-server.ts";
export { startFakeServer } from "./testing/fake-server.ts";
export type { FakeServer } from "./testing/fake-server.ts";

// Faults of streams
export { disturbStreams } from "./testing/disturb-streams.ts";
export type { StreamDisturbance } from "./testing/disturb-streams.ts";

// TLS
export { makeCertificates } from "./testing/certificates.ts";
