import { gzipSync, zstdCompressSync } from "node:zlib";
import { snappyCompress } from "../encoding/snappy-compress.ts";

/** Codecs that files are written with, by the names of Spark's option `compression`. */
export type ParquetWriteCodec = "none" | "snappy" | "gzip" | "zstd";

/** Numbers of the codecs in a footer. */
export const codecNumbers: Readonly<Record<ParquetWriteCodec, number>> = { none: 0, snappy: 1, gzip: 2, zstd: 6 };

/** The compressed bytes of a page. */
export function compressPage(codec: ParquetWriteCodec, page: Uint8Array): Uint8Array {
  switch (codec) {
    case "none":
      return page.slice();
    case "snappy":
      return snappyCompress(page).slice();
    case "gzip":
      return gzipSync(page);
    case "zstd":
      return zstdCompressSync(page);
  }
}
