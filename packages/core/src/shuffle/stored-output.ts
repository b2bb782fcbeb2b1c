import { assert } from "@vonk/common/internal";
import type { BytesHandle, MapOutputChunks, MapOutputFile, MapStatus } from "../message/task-result.ts";

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

/** Bytes of all chunks of an output. */
export function bytesOfOutput(status: MapStatus): number {
  return status.chunks?.lengths.reduce((sum, length) => sum + length, 0) ?? 0;
}
