// Transports for tests
export { InProcessBus } from "./transport/in-process-bus.ts";
export { reliableLink, SimulatedBus, SimulatedNetwork } from "./transport/simulated-bus.ts";
export type { LinkFaults, SimulatedNetworkOptions } from "./transport/simulated-bus.ts";

// What every transport promises
export { transportContract } from "./testing/transport-contract.ts";
export type { TransportContractCase, TransportUnderTest } from "./testing/transport-contract.ts";
export { keyValueContract } from "./testing/key-value-contract.ts";
export type { KeyValueContractCase, KeyValueStoreUnderTest } from "./testing/key-value-contract.ts";
export { MemoryKeyValueStore } from "./state/memory-key-value-store.ts";
