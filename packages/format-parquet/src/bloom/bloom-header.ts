import { CompactReader } from "../thrift/compact-reader.ts";
import { CompactWriter } from "../thrift/compact-writer.ts";

/** What stands before the bits of a Bloom filter. */
export interface BloomHeader {
  /** Of the header. */
  readonly headerBytes: number;
  /** Of the bits. */
  readonly bytes: number;
  /** Whether algorithm, hash and compression are those that the format has so far: split blocks, xxHash, none. */
  readonly isKnown: boolean;
}

/** Reads the header that `bytes` begin with. @throws PARQUET_FILE_CORRUPT */
export function readBloomHeader(bytes: Uint8Array, path: string): BloomHeader {
  const reader = new CompactReader(bytes, path);
  let filter = -1;
  let known = 0;
  reader.struct((id) => {
    if (id === 1) filter = reader.integer();
    else if (id <= 4) {
      reader.struct((choice) => {
        if (choice === 1) known++;
        reader.skip();
      });
    } else reader.skip();
  });
  return { headerBytes: reader.position, bytes: filter, isKnown: known === 3 };
}

/** The header of a filter of so many bytes. */
export function writeBloomHeader(bytes: number): Uint8Array {
  const writer = new CompactWriter();
  writer.struct(() => {
    writer.integerField(1, bytes);
    for (const id of [2, 3, 4]) writer.structField(id, () => writer.structField(1, () => {}));
  });
  return writer.written();
}
