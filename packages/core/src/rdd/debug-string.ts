import type { StorageStatus } from "../message/status.ts";
import { describeLevel, isStored } from "../storage/storage-level.ts";
import type { RDD } from "./rdd.ts";

interface Line {
  readonly rdd: RDD<unknown>;
  /** What stands before the lines of this RDD's stage. */
  readonly prefix: string;
  readonly isShuffle: boolean;
  readonly isLast: boolean;
}

/** The lineage of an RDD in the form of Spark's `toDebugString`. Without recursion: lineages may be thousands of RDDs long. */
export async function debugString(rdd: RDD<unknown>): Promise<string> {
  await rdd.prepare();
  const stored = new Map((await rdd.context.getRDDStorageInfo()).map((status) => [status.rddId, status]));
  const lines: string[] = [];
  const partitions = `(${rdd.prepared.numPartitions})`;
  const below = stagePrefix(partitions);
  const [first = "", ...more] = describe(rdd, stored);
  lines.push(`${partitions} ${first}`, ...more.map((line) => `${below} ${line}`));
  lines.push(...storedCopy(rdd, below));
  const open = childrenOf(rdd, below);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const described = describe(next.rdd, stored);
    if (!next.isShuffle) {
      for (const line of described) lines.push(next.prefix + line);
      lines.push(...storedCopy(next.rdd, next.prefix));
      open.push(...childrenOf(next.rdd, next.prefix));
      continue;
    }
    const count = `(${next.rdd.prepared.numPartitions})`;
    const own = next.prefix.replace(/\|\s+$/, "");
    const inner = `${own}${next.isLast ? "  " : "| "}${stagePrefix(count)}`;
    const [head = "", ...rest] = described;
    lines.push(`${own}+-${count} ${head}`, ...rest.map((line) => inner + line), ...storedCopy(next.rdd, inner));
    open.push(...childrenOf(next.rdd, inner));
  }
  return lines.join("\n");
}

/** In reverse, for a stack. */
function childrenOf(rdd: RDD<unknown>, prefix: string): Line[] {
  const { dependencies } = rdd.prepared;
  const lines = dependencies.map((dependency, at) => ({
    rdd: dependency.rdd,
    prefix,
    isShuffle: dependency.kind === "shuffle",
    isLast: at === dependencies.length - 1,
  }));
  return lines.toReversed();
}

/** A checkpointed RDD's only ancestor. */
function storedCopy(rdd: RDD<unknown>, prefix: string): string[] {
  return rdd.checkpointText === undefined ? [] : [prefix + rdd.checkpointText];
}

function stagePrefix(partitions: string): string {
  const offset = Math.floor((partitions.length - 1) / 2);
  return `${" ".repeat(offset)}|${" ".repeat(partitions.length - offset)}`;
}

function describe(rdd: RDD<unknown>, stored: ReadonlyMap<number, StorageStatus>): string[] {
  const level = rdd.getStorageLevel();
  const lines = [`${rdd.toString()} [${isStored(level) ? describeLevel(level) : ""}]`];
  const status = stored.get(rdd.id);
  if (status !== undefined && status.cachedPartitions > 0) {
    const sizes = `MemorySize: ${bytesText(status.memoryBytes)}; DiskSize: ${bytesText(status.diskBytes)}`;
    lines.push(`    CachedPartitions: ${status.cachedPartitions}; ${sizes}`);
  }
  return lines;
}

/** `12.3 MiB`: the largest unit of which there are at least two, as Spark writes it. */
function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 2048 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${value.toFixed(1)} B` : `${value.toFixed(1)} ${units[unit] ?? ""}`;
}
