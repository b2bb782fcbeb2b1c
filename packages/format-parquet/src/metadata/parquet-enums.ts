/** Parquet's physical types by number. */
export const physicalTypes = ["BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"] as const;

/** How a column's values lie in a file. */
export type ParquetPhysicalType = (typeof physicalTypes)[number];

/** Codecs by number; LZO has no decoder. */
export const compressionCodecs = ["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"] as const;

/** How the pages of a column chunk are compressed. */
export type ParquetCodec = (typeof compressionCodecs)[number];

/** Numbers of encodings. */
export const encoding = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  bitPacked: 4,
  deltaBinaryPacked: 5,
  deltaLengthByteArray: 6,
  deltaByteArray: 7,
  rleDictionary: 8,
  byteStreamSplit: 9,
} as const;

/** The older annotations of types, by number. */
export const convertedTypes = [
  "UTF8",
  "MAP",
  "MAP_KEY_VALUE",
  "LIST",
  "ENUM",
  "DECIMAL",
  "DATE",
  "TIME_MILLIS",
  "TIME_MICROS",
  "TIMESTAMP_MILLIS",
  "TIMESTAMP_MICROS",
  "UINT_8",
  "UINT_16",
  "UINT_32",
  "UINT_64",
  "INT_8",
  "INT_16",
  "INT_32",
  "INT_64",
  "JSON",
  "BSON",
  "INTERVAL",
] as const;

/** An older annotation of a type. */
export type ConvertedType = (typeof convertedTypes)[number];

/** Kinds of pages by number. */
export const pageType = { data: 0, index: 1, dictionary: 2, dataV2: 3 } as const;
