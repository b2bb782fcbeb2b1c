// Transports for tests
export { InProcessBus } from "./transport/in-process-bus.ts";
