export { MemoryFileSystem } from "./testing/memory-file-system.ts";
export { createFaultyFileSystem } from "./testing/faulty-file-system.ts";
export type { FaultPlan, FileOperation } from "./testing/faulty-file-system.ts";
