import { codecOf } from "../compression/codec.ts";
import { filesystemErrors } from "../errors.ts";
import type { FileStatus } from "../system/file-system.ts";

// A last split may be this much larger than the others, so that no tiny one is left over.
const SPLIT_SLOP = 1.1;
const DEFAULT_BLOCK_BYTES = 32 * 1024 * 1024;

/** A part of a file that one task reads. */
export interface FileSplit {
  readonly path: string;
  /** First byte. */
  readonly start: number;
  /** May be 0: an empty file is one empty split. */
  readonly bytes: number;
}

/** How {@link computeSplits} cuts files. */
export interface SplitOptions {
  /** The largest split; 32 MiB when left out, Hadoop's block size for local files. */
  readonly blockBytes?: number;
  /** Splits start and end at multiples of this many bytes; 1 when left out. */
  readonly alignBytes?: number;
}

/**
 * Cuts files as Hadoop's FileInputFormat: splits of max(1, min(total / minPartitions, block)) bytes, in the order of the files.
 * Compressed files are one split each, empty files an empty one.
 * @throws PATH_IS_DIRECTORY, COMPRESSION_NOT_SUPPORTED
 * @see org.apache.hadoop.mapred.FileInputFormat.getSplits
 */
export function computeSplits(files: readonly FileStatus[], minPartitions: number, options: SplitOptions = {}): FileSplit[] {
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const goalBytes = Math.floor(totalBytes / Math.max(1, minPartitions));
  const align = options.alignBytes ?? 1;
  const wanted = Math.max(1, Math.min(goalBytes, options.blockBytes ?? DEFAULT_BLOCK_BYTES));
  const splitBytes = Math.max(align, Math.floor(wanted / align) * align);
  const splits: FileSplit[] = [];
  for (const file of files) {
    if (file.isDirectory) throw filesystemErrors.create("PATH_IS_DIRECTORY", { path: file.path });
    if (codecOf(file.path) === undefined) cutFile(file, splitBytes, splits);
    else splits.push({ path: file.path, start: 0, bytes: file.bytes });
  }
  return splits;
}

function cutFile(file: FileStatus, splitBytes: number, splits: FileSplit[]): void {
  let start = 0;
  while ((file.bytes - start) / splitBytes > SPLIT_SLOP) {
    splits.push({ path: file.path, start, bytes: splitBytes });
    start += splitBytes;
  }
  if (start < file.bytes || file.bytes === 0) splits.push({ path: file.path, start, bytes: file.bytes - start });
}
