// Keys by value
export { KeyIndex } from "./key/kernel/key-index.ts";
export { KeyMap } from "./key/key-map.ts";
export { hashNumber, hashString, portableHash } from "./key/portable-hash.ts";
export { keyEquals } from "./key/key-equals.ts";
export { naturalCompare } from "./key/natural-compare.ts";

// Plain values
export { classNameOf, isPlainArray, isPlainDate, isPlainObject } from "./value/plain-value.ts";
export { detachText, detachValue } from "./value/detach-text.ts";
export type { PlainObject } from "./value/plain-value.ts";

// Blocks of records
export { encodeBlock } from "./block/encode-block.ts";
export type { EncodeBlockOptions } from "./block/encode-block.ts";
export { openBlock } from "./block/block-reader.ts";
export type { BlockReader } from "./block/block-reader.ts";
export type { ValueFallback } from "./block/value-fallback.ts";
export { checksum } from "./block/checksum.ts";
export { BatchRecord } from "./block/batch-record.ts";
export { batchRecord, openBatch, recordRange, recordRows } from "./batch/batch-columns.ts";
export type { OpeningMemory } from "./batch/batch-columns.ts";
export type { IntegerRange } from "./batch/narrow-integers.ts";

// Errors
export { columnarErrors } from "./errors.ts";

// Memory shared by the threads of a process
export { createSegment, ExtentAllocator, extentBytes } from "./memory/extent-allocator.ts";
export type { SegmentHandle } from "./memory/extent-allocator.ts";

// SQL types
export {
  arrayType,
  binaryCollation,
  binaryType,
  booleanType,
  byteType,
  calendarIntervalType,
  charType,
  collatedStringType,
  dateType,
  dayTimeFields,
  dayTimeIntervalType,
  decimalPrecisionMax,
  decimalType,
  doubleType,
  floatType,
  integerType,
  longType,
  mapType,
  shortType,
  stringType,
  structField,
  structType,
  timestampNTZType,
  timestampType,
  timeType,
  varcharType,
  variantType,
  voidType,
  yearMonthFields,
  yearMonthIntervalType,
} from "./schema/data-type.ts";
export { namedType } from "./schema/named-type.ts";
export type {
  ArrayType,
  CharType,
  DataType,
  DataTypeKind,
  DayTimeIntervalType,
  DecimalType,
  MapType,
  SimpleKind,
  SimpleType,
  StringType,
  StructField,
  StructType,
  TimeType,
  VarcharType,
  YearMonthIntervalType,
} from "./schema/data-type.ts";
export {
  decimalOfIntegral,
  isAnsiInterval,
  isDatetime,
  isFractional,
  isIntegral,
  isNested,
  isNumeric,
  isOrderable,
} from "./schema/type-class.ts";
export { sameType } from "./schema/type-equality.ts";
export type { TypeEqualityOptions } from "./schema/type-equality.ts";
export { catalogString, quoteIdentifier, quoteIfNeeded, sqlType } from "./schema/type-name.ts";

// Values of SQL types
export { asBigint, asBytes, asList, asNumber, asText } from "./sql-value/narrow.ts";
export { CalendarInterval, MapValue, VariantValue } from "./sql-value/sql-value.ts";
export type { SQLRow, SQLValue } from "./sql-value/sql-value.ts";

// Columns of batches
export { physicalBytes } from "./vector/column-vector.ts";
export type { ColumnBatch, ColumnVector, PhysicalType } from "./vector/column-vector.ts";
export { vectorMemory, vectorReader } from "./vector/vector-reader.ts";
export type { RowReader, VectorMemory } from "./vector/vector-reader.ts";

// Arrow IPC
export { openArrow } from "./arrow/arrow-reader.ts";
export type { ArrowReader } from "./arrow/arrow-reader.ts";
export { ArrowWriter } from "./arrow/arrow-writer.ts";
export type { ArrowWriteOptions } from "./arrow/arrow-writer.ts";
export type { ArrowMemory } from "./arrow/decode-columns.ts";
