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
  /**
   * Encodes one value of any shape, for `decodeValue`. Columns pay for many records that are alike: of a tree of 10,000 nodes there would be as many.
   * @throws CLOSURE_… naming the path of what cannot travel
   */
  encodeValue(value: unknown): Uint8Array;
  decodeValue(bytes: Uint8Array): unknown;
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
    encodeValue: (value) => fallback.encode([value]),
    decodeValue: (bytes) => fallback.decode(bytes)[0],
  };
}
