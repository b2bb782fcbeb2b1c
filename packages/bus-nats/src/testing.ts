// Servers for tests
export { serversUnderTest, startTestServer } from "./testing/test-server.ts";
export type { ServerUnderTest } from "./testing/test-server.ts";
