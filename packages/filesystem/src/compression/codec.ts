/**
 * Compression of whole files, chosen by the end of the name as Hadoop does.
 *
 * A task thread works synchronously and Node offers no public synchronous decompression by pieces, so a compressed file is
 * decompressed at once: memory for the file and its content, at most `CONTENT_BYTES_MAX`. Compressed files are one split anyway.
 */
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { EngineError } from "@vonk/common";
import { filesystemErrors } from "../errors.ts";
import { zstdFrames } from "./zstd-frames.ts";

/** Compression codecs that can be read and written. */
export type CompressionCodec = "gzip" | "zstd";

/** The most bytes that a compressed file may decompress to. */
export const CONTENT_BYTES_MAX: number = 2 ** 31 - 1;

const codecOfExtension: Readonly<Record<string, CompressionCodec>> = { gz: "gzip", zst: "zstd" };
const refusedExtensions: Readonly<Record<string, string>> = {
  deflate: "deflate",
  bz2: "bzip2",
  lz4: "lz4",
  snappy: "snappy",
  lzo: "lzo",
  xz: "xz",
};

/** The codec of a file by its name, undefined when it is not compressed. @throws COMPRESSION_NOT_SUPPORTED */
export function codecOf(path: string): CompressionCodec | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  const refused = refusedExtensions[extension];
  if (refused !== undefined) throw filesystemErrors.create("COMPRESSION_NOT_SUPPORTED", { path, codec: refused });
  return codecOfExtension[extension];
}

/** The end of the name of files written with a codec, with its dot. */
export function extensionOf(codec: CompressionCodec): string {
  return codec === "gzip" ? ".gz" : ".zst";
}

/** The bytes compressed as one member or frame, which may be appended to others. */
export function compress(codec: CompressionCodec, bytes: Uint8Array): Uint8Array {
  return codec === "gzip" ? gzipSync(bytes) : zstdCompressSync(bytes);
}

/**
 * The content of a compressed file: all its gzip members or zstd frames one after the other. An empty file has none.
 * @throws COMPRESSED_FILE_CORRUPT, COMPRESSED_FILE_TOO_LARGE
 */
export function decompress(
  codec: CompressionCodec,
  bytes: Uint8Array,
  path: string,
  contentBytesMax: number = CONTENT_BYTES_MAX,
): Uint8Array {
  if (bytes.byteLength === 0) return bytes;
  try {
    // Node's gunzip goes through all members and refuses a last one that is cut off.
    if (codec === "gzip") return gunzipSync(bytes, { maxOutputLength: contentBytesMax });
    return decompressFrames(bytes, path, contentBytesMax);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    if (cause instanceof RangeError)
      throw filesystemErrors.create("COMPRESSED_FILE_TOO_LARGE", { path, codec, bytesMax: contentBytesMax }, { cause });
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw filesystemErrors.create("COMPRESSED_FILE_CORRUPT", { path, codec, problem }, { cause });
  }
}

function decompressFrames(bytes: Uint8Array, path: string, contentBytesMax: number): Uint8Array {
  const frames = zstdFrames(bytes);
  if (frames === undefined)
    throw filesystemErrors.create("COMPRESSED_FILE_CORRUPT", { path, codec: "zstd", problem: "it does not end with a whole frame" });
  let left = contentBytesMax;
  const parts = frames.map((frame) => {
    const part = zstdDecompressSync(frame, { maxOutputLength: Math.max(1, left) });
    left -= part.byteLength;
    if (left < 0) throw filesystemErrors.create("COMPRESSED_FILE_TOO_LARGE", { path, codec: "zstd", bytesMax: contentBytesMax });
    return part;
  });
  return parts.length === 1 ? (parts[0] ?? bytes) : Buffer.concat(parts);
}
