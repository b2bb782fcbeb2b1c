// Clusters
export type { ClusterApplication, ClusterConnection, ClusterEvents, ClusterManager } from "./cluster/cluster-manager.ts";
export { startExecutor } from "./executor/executor-process.ts";
export type { ExecutorProcessOptions, ShuffleStoreSetup } from "./executor/executor-process.ts";

// Shuffles between processes
export type { ChunkRequest, LocatedChunk, ShuffleStore } from "./shuffle/shuffle-store.ts";
export { FileShuffleStore, removeShuffleFiles } from "./shuffle/file-shuffle-store.ts";
export { bytesOfOutput } from "./shuffle/stored-output.ts";
export { handleInFile, OutputIndex } from "./shuffle/output-index.ts";
export type { IndexedChunk } from "./shuffle/output-index.ts";
export type { ShuffleStreams } from "./driver/shuffle-layouts.ts";
export type { ShuffleLayout } from "./message/services.ts";
export type { BytesHandle, MapOutputChunks, MapOutputFile, MapOutputStream, MapStatus } from "./message/task-result.ts";
