import type { ExtentAllocator } from "@vonk/columnar/internal";
import type { SyncFileSystem } from "@vonk/filesystem/spi";
import type { ClosureDecoder } from "../closure/closure-decoder.ts";
import type { BlockStore } from "../storage/block-store.ts";
import type { ShuffleReader } from "../shuffle/shuffle-reader.ts";
import type { RecordCodec } from "../storage/record-codec.ts";
import type { ControlChannel } from "./control-channel.ts";
import type { GCTime } from "./gc-time.ts";
import type { HeapWatch } from "./heap-watch.ts";

/** Plain settings of an executor, the same in all its threads. */
export interface ExecutorSettings {
  readonly executorId: string;
  readonly host: string;
  readonly appRoot: string;
  /** Folder of this process for spilled data; it exists. */
  readonly localDir: string;
  /** Folder for map output that other processes of the host read; absent when the executor shares its process with the driver. */
  readonly shuffleDir?: string;
  readonly batchRecords: number;
  readonly asyncConcurrency: number;
  /** Heap of a task thread above which operators spill. */
  readonly spillHeapBytes: number;
  /** Records above which operators spill however much room there is. */
  readonly spillRecordsMax: number;
  /** Heap of a task thread above which its task fails. */
  readonly heapLimitBytes: number;
}

/** What all tasks of a thread share. */
export interface ExecutorRuntime {
  readonly settings: ExecutorSettings;
  /** Number of the thread within its process. */
  readonly thread: number;
  readonly allocator: ExtentAllocator;
  readonly control: ControlChannel;
  readonly decoder: ClosureDecoder;
  readonly codec: RecordCodec;
  readonly blocks: BlockStore;
  readonly shuffles: ShuffleReader;
  readonly heap: HeapWatch;
  readonly gcTime: GCTime;
  /** Sends the reports of ended tasks that have waited for those of others long enough. */
  flushReports(): void;
  /** Tells the executor how many records the running task has read. */
  tellProgress(recordsRead: number): void;
  /** Files of this machine. */
  readonly files: SyncFileSystem;
}
