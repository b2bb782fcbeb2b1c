// Executor processes
export { executorExit } from "./executor/executor-start.ts";
export type { ExecutorStart } from "./executor/executor-start.ts";
export { executorProcessURL } from "./executor/executor-process-url.ts";

// Settings
export { natsConfig, natsOptions, natsSettings } from "./config/nats-config.ts";

// Shuffles through JetStream
export { JetStreamStreams, sweepStreams } from "./shuffle/jetstream-streams.ts";
export { openJetStreamStore } from "./shuffle/open-jetstream-store.ts";
export { JetStreamShuffleStore } from "./shuffle/jetstream-store.ts";
export type { DataCarrier, JetStreamStoreOptions } from "./shuffle/jetstream-store.ts";
export type { FetchOutcome, FetchRequest, PublishRequest } from "./shuffle/data-message.ts";
export { bucketOf, streamName, streamPrefix } from "./shuffle/bucket.ts";
