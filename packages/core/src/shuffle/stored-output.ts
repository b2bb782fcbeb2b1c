import { assert } from "@vonk/common/internal";
import type { BytesHandle, MapOutputChunks, MapOutputFile, MapStatus } from "../message/task-result.ts";
import type { LocatedChunk } from "./shuffle-store.ts";

/** A chunk as a map task wrote it. */
export interface WrittenChunk {
  readonly reducer: number;
  readonly records: number;
  readonly handle: BytesHandle;
}

/** Describes chunks that lie behind each other in one file. */
export function describeOutput(
  written: readonly WrittenChunk[],
  reducerCount: number,
): { readonly chunks: MapOutputChunks; readonly file?: MapOutputFile } {
  const chunks: MapOutputChunks = {
    reducerCount,
    reducers: new Uint32Array(written.length),
    records: new Uint32Array(written.length),
    lengths: new Uint32Array(written.length),
    checksums: new Uint32Array(written.length),
  };
  let file: MapOutputFile | undefined;
  let end = 0;
  written.forEach(({ reducer, records, handle }, at) => {
    assert(handle.kind === "file", "output for other processes is written to a file");
    if (file === undefined) file = { path: handle.path, offset: handle.offset };
    else assert(handle.path === file.path && handle.offset === end, "a map task's chunks lie behind each other");
    end = handle.offset + handle.length;
    chunks.reducers[at] = reducer;
    chunks.records[at] = records;
    chunks.lengths[at] = handle.length;
    chunks.checksums[at] = handle.checksum;
  });
  return file === undefined ? { chunks } : { chunks, file };
}

/** Handles of one reducer's chunks in the file of a map output. */
export function chunksInFile(status: MapStatus, reducer: number): LocatedChunk[] {
  const { chunks, file, mapPartition, executorId } = status;
  if (chunks === undefined || file === undefined) return [];
  const located: LocatedChunk[] = [];
  let offset = file.offset;
  for (let at = 0; at < chunks.reducers.length; at++) {
    const length = chunks.lengths[at] ?? 0;
    if (chunks.reducers[at] === reducer) {
      const handle: BytesHandle = { kind: "file", path: file.path, offset, length, checksum: chunks.checksums[at] ?? 0 };
      located.push({ handle, mapPartition, executorId });
    }
    offset += length;
  }
  return located;
}

/** True when the output has no bytes for `reducer`. */
export function hasNothingFor(status: MapStatus, reducer: number): boolean {
  return status.chunks?.reducers.includes(reducer) === false;
}

/** Bytes of all chunks of an output. */
export function bytesOfOutput(status: MapStatus): number {
  return status.chunks?.lengths.reduce((sum, length) => sum + length, 0) ?? 0;
}
