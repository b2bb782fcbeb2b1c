import { type BlockReader, encodeBlock, openBlock, type ValueFallback } from "@vonk/columnar/internal";
import type { ClosureDecoder } from "../closure/closure-decoder.ts";
import { decodeValues, encodeValues } from "../closure/value-codec.ts";

/** Records to bytes and back: by column where they are uniform, by the closure value codec otherwise. */
export interface RecordCodec {
  /**
   * Encodes a batch into memory of `allocate`, or into fresh memory.
   * @throws RECORD_NOT_ENCODABLE naming the class and the path of a value that cannot travel
   */
  encode(records: readonly unknown[], allocate?: (bytes: number) => Uint8Array): Uint8Array;
  open(bytes: Uint8Array): BlockReader;
}

/** A codec whose class instances are rebuilt by `decoder`. */
export function createRecordCodec(decoder: ClosureDecoder): RecordCodec {
  const fallback: ValueFallback = {
    encode: (values) => encodeValues(values, { place: decoder.place }),
    decode: (bytes) => decodeValues(bytes, decoder),
  };
  return {
    encode: (records, allocate) => encodeBlock(records, allocate === undefined ? { fallback } : { fallback, allocate }),
    open: (bytes) => openBlock(bytes, fallback),
  };
}
