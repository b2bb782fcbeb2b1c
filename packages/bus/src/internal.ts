// Typed services and topics
export { defineService, defineTopic, publishTopic, serveService, serviceClient, subscribeTopic } from "./service/service.ts";
export type { MessageTable, Service, ServiceClient, ServiceHandlers, Topic } from "./service/service.ts";

// Transports between the threads of one process
export { InProcessBus } from "./transport/in-process-bus.ts";
export type { InProcessBusOptions } from "./transport/in-process-bus.ts";
export { attachPort, PortBus } from "./transport/port-bus.ts";
export type { PortLike } from "./transport/port-bus.ts";

// State that processes share, within one process
export { MemoryKeyValueStore } from "./state/memory-key-value-store.ts";
export type { MemoryKeyValueStoreOptions } from "./state/memory-key-value-store.ts";
