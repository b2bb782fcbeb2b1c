/** Where a cached partition may live. Plain data, the same on every side of the bus. */
export interface StorageLevel {
  readonly useDisk: boolean;
  readonly useMemory: boolean;
  readonly useOffHeap: boolean;
  /** True lets a task thread keep a decoded copy beside the encoded block. */
  readonly deserialized: boolean;
  /** Copies on different executors; a local master keeps one. */
  readonly replication: number;
}

function level(useDisk: boolean, useMemory: boolean, useOffHeap: boolean, deserialized: boolean, replication = 1): StorageLevel {
  return Object.freeze({ useDisk, useMemory, useOffHeap, deserialized, replication });
}

/** Spark's thirteen storage levels. */
export const StorageLevels: {
  readonly NONE: StorageLevel;
  readonly DISK_ONLY: StorageLevel;
  readonly DISK_ONLY_2: StorageLevel;
  readonly DISK_ONLY_3: StorageLevel;
  readonly MEMORY_ONLY: StorageLevel;
  readonly MEMORY_ONLY_2: StorageLevel;
  readonly MEMORY_ONLY_SER: StorageLevel;
  readonly MEMORY_ONLY_SER_2: StorageLevel;
  readonly MEMORY_AND_DISK: StorageLevel;
  readonly MEMORY_AND_DISK_2: StorageLevel;
  readonly MEMORY_AND_DISK_SER: StorageLevel;
  readonly MEMORY_AND_DISK_SER_2: StorageLevel;
  readonly OFF_HEAP: StorageLevel;
} = {
  NONE: level(false, false, false, false),
  DISK_ONLY: level(true, false, false, false),
  DISK_ONLY_2: level(true, false, false, false, 2),
  DISK_ONLY_3: level(true, false, false, false, 3),
  MEMORY_ONLY: level(false, true, false, true),
  MEMORY_ONLY_2: level(false, true, false, true, 2),
  MEMORY_ONLY_SER: level(false, true, false, false),
  MEMORY_ONLY_SER_2: level(false, true, false, false, 2),
  MEMORY_AND_DISK: level(true, true, false, true),
  MEMORY_AND_DISK_2: level(true, true, false, true, 2),
  MEMORY_AND_DISK_SER: level(true, true, false, false),
  MEMORY_AND_DISK_SER_2: level(true, true, false, false, 2),
  OFF_HEAP: level(true, true, true, false),
};

/** True when the level keeps anything at all. */
export function isStored(storage: StorageLevel): boolean {
  return storage.useMemory || storage.useDisk;
}

/** Two levels that mean the same. */
export function sameLevel(a: StorageLevel, b: StorageLevel): boolean {
  return (
    a.useDisk === b.useDisk &&
    a.useMemory === b.useMemory &&
    a.useOffHeap === b.useOffHeap &&
    a.deserialized === b.deserialized &&
    a.replication === b.replication
  );
}

/** Spark's long form, such as `Disk Memory Deserialized 1x Replicated`. */
export function describeLevel(storage: StorageLevel): string {
  const parts = [
    storage.useDisk ? "Disk" : "",
    storage.useMemory ? (storage.useOffHeap ? "Memory (off heap)" : "Memory") : "",
    storage.deserialized ? "Deserialized" : "Serialized",
    `${storage.replication}x Replicated`,
  ];
  return parts.filter((part) => part !== "").join(" ");
}
