import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Decoding } from "../column/decoding.ts";
import type { ParquetCodec } from "../metadata/parquet-enums.ts";

/** Bytes of the memory, from `start` to `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Decompresses a page into a buffer that it has to fill. @throws PARQUET_FILE_CORRUPT, PARQUET_NOT_SUPPORTED */
export function decompress(decoding: Decoding, codec: ParquetCodec, { start, end }: Range, to: Range): void {
  const { kernels, bytes } = decoding;
  const size = to.end - to.start;
  switch (codec) {
    case "UNCOMPRESSED":
      if (end - start !== size) decoding.corrupt("a page that is not compressed has two sizes");
      bytes.copyWithin(to.start, start, end);
      return;
    case "SNAPPY":
      if (kernels.snappy(start, end, to.start, to.end, decoding.patterns) === 0)
        decoding.corrupt("a page is no Snappy block of the size that its header names");
      return;
    case "LZ4_RAW":
      if (kernels.lz4(start, end, to.start, to.end, decoding.patterns) === 0)
        decoding.corrupt("a page is no LZ4 block of the size that its header names");
      return;
    case "LZ4":
      return decompressLZ4(decoding, { start, end }, to);
    case "ZSTD":
      if (kernels.zstd(start, end, to.start, to.end, decoding.zstdWork()) === 0)
        decoding.corrupt("a page is no Zstandard frame of the size that its header names");
      return;
    case "GZIP":
    case "BROTLI":
      return decompressByNode(decoding, codec, bytes.subarray(start, end), to);
    case "LZO":
      return decoding.unsupported("it is compressed with LZO");
  }
}

/** Hadoop's frames of LZ4 blocks (two lengths, big endian, before each), which some writers leave out. */
function decompressLZ4(decoding: Decoding, { start, end }: Range, to: Range): void {
  const { kernels, view } = decoding;
  let at = start;
  let next = to.start;
  while (end - at >= 8) {
    const uncompressed = view.getUint32(at);
    const compressed = view.getUint32(at + 4);
    if (compressed > end - at - 8 || uncompressed > to.end - next) break;
    if (kernels.lz4(at + 8, at + 8 + compressed, next, next + uncompressed, decoding.patterns) === 0) break;
    at += 8 + compressed;
    next += uncompressed;
  }
  if (at === end && next === to.end) return;
  if (kernels.lz4(start, end, to.start, to.end, decoding.patterns) === 0)
    decoding.corrupt("a page is no LZ4 block of the size that its header names");
}

function decompressByNode(decoding: Decoding, codec: "GZIP" | "BROTLI", compressed: Uint8Array, to: Range): void {
  const size = to.end - to.start;
  // One chunk of the size of the page: no list of small ones is joined.
  const options = { chunkSize: Math.max(64, size), maxOutputLength: Math.max(64, size) };
  const run = codec === "GZIP" ? gunzipSync : brotliDecompressSync;
  let page: Uint8Array;
  try {
    page = run(compressed, options);
  } catch (cause) {
    return decoding.corrupt(`a page cannot be decompressed as ${codec} to the size that its header names`, cause);
  }
  if (page.byteLength !== size) decoding.corrupt(`a page has ${page.byteLength} bytes instead of ${size}`);
  decoding.bytes.set(page, to.start);
}
