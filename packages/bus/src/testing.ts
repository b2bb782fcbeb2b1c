// Transports for tests
export { InProcessBus } from "./transport/in-process-bus.ts";
export { reliableLink, SimulatedBus, SimulatedNetwork } from "./transport/simulated-bus.ts";
export type { LinkFaults, SimulatedNetworkOptions } from "./transport/simulated-bus.ts";
