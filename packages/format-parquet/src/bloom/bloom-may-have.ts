import type { SQLValue } from "@vonk/columnar/internal";
import { parquetErrors } from "../errors.ts";
import type { ColumnChunk } from "../metadata/parquet-metadata.ts";
import type { ParquetSource } from "../metadata/parquet-source.ts";
import type { ValueForm } from "../schema/value-form.ts";
import { bloomHashes } from "./bloom-hash.ts";
import { readBloomHeader } from "./bloom-header.ts";
import { blockMayHave, blockStart, bloomBlockBytes } from "./split-block.ts";

/** Enough for every header. */
const headerGuessBytes = 64;

/**
 * False when the Bloom filter of a chunk proves that it has none of the values. Reads the filter's header and one block a value.
 * @throws PARQUET_FILE_CORRUPT
 */
export function bloomMayHave(source: ParquetSource, form: ValueForm, chunk: ColumnChunk, values: readonly SQLValue[]): boolean {
  const position = chunk.bloomFilter?.position;
  if (position === undefined) return true;
  const hashes: bigint[] = [];
  for (const value of values) {
    const found = value === null ? [] : bloomHashes(form, value);
    if (found === undefined) return true;
    hashes.push(...found);
  }
  const { headerBytes, bytes, isKnown } = readBloomHeader(readBytes(source, position, headerGuessBytes), source.path);
  if (!isKnown) return true;
  const start = position + headerBytes;
  if (bytes < bloomBlockBytes || bytes % bloomBlockBytes !== 0 || start + bytes > source.size)
    throw parquetErrors.create("PARQUET_FILE_CORRUPT", { path: source.path, problem: `a Bloom filter has ${bytes} bytes` });
  return hashes.some((hash) => blockMayHave(readBytes(source, start + blockStart(hash, bytes), bloomBlockBytes), hash));
}

function readBytes(source: ParquetSource, position: number, bytes: number): Uint8Array {
  const target = new Uint8Array(bytes);
  return target.subarray(0, source.read(position, target));
}
