import { CompactReader } from "../thrift/compact-reader.ts";
import { encoding, pageType } from "../metadata/parquet-enums.ts";

/** A page of a column chunk, by its header. */
export interface PageHeader {
  readonly type: number;
  readonly uncompressedBytes: number;
  readonly compressedBytes: number;
  /** CRC-32 of the bytes behind the header, as a signed integer, if the writer gave it. */
  readonly checksum: number | undefined;
  readonly values: number;
  readonly encoding: number;
  readonly definitionEncoding: number;
  readonly repetitionEncoding: number;
  /** Of a page of version 2, whose levels are not compressed and have no length of their own. */
  readonly definitionBytes: number;
  readonly repetitionBytes: number;
  readonly isCompressed: boolean;
  /** Where what follows the header begins. */
  readonly start: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads the header at a position of the bytes of a chunk. @throws PARQUET_FILE_CORRUPT */
export function readPageHeader(bytes: Uint8Array, position: number, path: string): PageHeader {
  const reader = new CompactReader(bytes, path, position);
  const header: Mutable<PageHeader> = {
    type: -1,
    uncompressedBytes: -1,
    compressedBytes: -1,
    checksum: undefined,
    values: -1,
    encoding: -1,
    definitionEncoding: encoding.rle,
    repetitionEncoding: encoding.rle,
    definitionBytes: 0,
    repetitionBytes: 0,
    isCompressed: true,
    start: 0,
  };
  reader.struct((id) => {
    if (id === 1) header.type = reader.integer();
    else if (id === 2) header.uncompressedBytes = reader.integer();
    else if (id === 3) header.compressedBytes = reader.integer();
    else if (id === 4) header.checksum = reader.integer();
    else if (id === 5) readDataPage(reader, header);
    else if (id === 7) readDictionaryPage(reader, header);
    else if (id === 8) readDataPageV2(reader, header);
    else reader.skip();
  });
  header.start = reader.position;
  return header;
}

/** Whether a page holds values of the column. */
export function isDataPage(page: PageHeader): boolean {
  return page.type === pageType.data || page.type === pageType.dataV2;
}

function readDataPage(reader: CompactReader, header: Mutable<PageHeader>): void {
  reader.struct((id) => {
    if (id === 1) header.values = reader.integer();
    else if (id === 2) header.encoding = reader.integer();
    else if (id === 3) header.definitionEncoding = reader.integer();
    else if (id === 4) header.repetitionEncoding = reader.integer();
    else reader.skip();
  });
}

function readDictionaryPage(reader: CompactReader, header: Mutable<PageHeader>): void {
  reader.struct((id) => {
    if (id === 1) header.values = reader.integer();
    else if (id === 2) header.encoding = reader.integer();
    else reader.skip();
  });
}

function readDataPageV2(reader: CompactReader, header: Mutable<PageHeader>): void {
  reader.struct((id) => {
    if (id === 1) header.values = reader.integer();
    else if (id === 4) header.encoding = reader.integer();
    else if (id === 5) header.definitionBytes = reader.integer();
    else if (id === 6) header.repetitionBytes = reader.integer();
    else if (id === 7) header.isCompressed = reader.boolean();
    else reader.skip();
  });
}
