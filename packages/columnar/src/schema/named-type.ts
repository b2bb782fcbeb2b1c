import {
  binaryType,
  booleanType,
  byteType,
  dateType,
  doubleType,
  floatType,
  integerType,
  longType,
  shortType,
  timestampNTZType,
  timestampType,
  variantType,
  voidType,
  type DataType,
} from "./data-type.ts";

const types: ReadonlyMap<string, DataType> = new Map<string, DataType>([
  ["BOOLEAN", booleanType],
  ["TINYINT", byteType],
  ["BYTE", byteType],
  ["SMALLINT", shortType],
  ["SHORT", shortType],
  ["INT", integerType],
  ["INTEGER", integerType],
  ["BIGINT", longType],
  ["LONG", longType],
  ["FLOAT", floatType],
  ["REAL", floatType],
  ["DOUBLE", doubleType],
  ["BINARY", binaryType],
  ["DATE", dateType],
  ["TIMESTAMP", timestampType],
  ["TIMESTAMP_LTZ", timestampType],
  ["TIMESTAMP_NTZ", timestampNTZType],
  ["VARIANT", variantType],
  ["VOID", voidType],
]);

/** The type whose SQL name is one word without parameters; undefined for those that may have some, such as DECIMAL and STRING. Letter case does not matter. */
export function namedType(word: string): DataType | undefined {
  return types.get(word.toUpperCase());
}
