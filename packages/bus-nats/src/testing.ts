// Servers for tests
export { findNatsServer } from "./server/find-server.ts";
