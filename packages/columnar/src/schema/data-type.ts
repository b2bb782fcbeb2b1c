/** Spark's SQL data types as plain data. `kind` is Spark's type name. A type is never changed once made, so equal types may be shared. */
export type DataType =
  | SimpleType
  | DecimalType
  | StringType
  | CharType
  | VarcharType
  | TimeType
  | YearMonthIntervalType
  | DayTimeIntervalType
  | ArrayType
  | MapType
  | StructType;

/** Types without parameters. `interval` is the legacy CalendarInterval of months, days and microseconds; `void` has only null. */
export interface SimpleType {
  readonly kind: SimpleKind;
}

/** Kinds of the types without parameters. */
export type SimpleKind =
  | "void"
  | "boolean"
  | "byte"
  | "short"
  | "integer"
  | "long"
  | "float"
  | "double"
  | "binary"
  | "date"
  | "timestamp"
  | "timestamp_ntz"
  | "interval"
  | "variant";

/** `precision` digits in all (1 to 38), `scale` of them behind the point. */
export interface DecimalType {
  readonly kind: "decimal";
  readonly precision: number;
  readonly scale: number;
}

/** UTF-8 text. The collation decides how values compare, hash and group; `UTF8_BINARY` is by bytes. */
export interface StringType {
  readonly kind: "string";
  readonly collation: string;
  /** Set where UTF8_BINARY was asked for by name: such a type is shown with its collation, and is no other type. */
  readonly isNamed?: true;
}

/** Text of a fixed length in characters, padded with spaces; only in table schemas. */
export interface CharType {
  readonly kind: "char";
  readonly length: number;
}

/** Text of a bounded length in characters; only in table schemas. */
export interface VarcharType {
  readonly kind: "varchar";
  readonly length: number;
}

/** Time of day with `precision` digits behind the second (0 to 9). */
export interface TimeType {
  readonly kind: "time";
  readonly precision: number;
}

/** Fields of an interval, from the widest. */
export const yearMonthFields = ["year", "month"] as const;
/** Fields of a day-time interval, from the widest. */
export const dayTimeFields = ["day", "hour", "minute", "second"] as const;

/** An interval of months, written with the fields from `start` to `end`. */
export interface YearMonthIntervalType {
  readonly kind: "year-month-interval";
  readonly start: (typeof yearMonthFields)[number];
  readonly end: (typeof yearMonthFields)[number];
}

/** An interval of microseconds, written with the fields from `start` to `end`. */
export interface DayTimeIntervalType {
  readonly kind: "day-time-interval";
  readonly start: (typeof dayTimeFields)[number];
  readonly end: (typeof dayTimeFields)[number];
}

/** A list of elements of one type. */
export interface ArrayType {
  readonly kind: "array";
  readonly element: DataType;
  readonly containsNull: boolean;
}

/** Keys to values; keys are never null. */
export interface MapType {
  readonly kind: "map";
  readonly key: DataType;
  readonly value: DataType;
  readonly valueContainsNull: boolean;
}

/** Named fields in order; also the schema of a table. */
export interface StructType {
  readonly kind: "struct";
  readonly fields: readonly StructField[];
}

/** A column of a schema or a field of a struct. Names may repeat in results, not in tables. */
export interface StructField {
  readonly name: string;
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Discriminator of DataType. */
export type DataTypeKind = DataType["kind"];

const simple = <Kind extends SimpleKind>(kind: Kind): SimpleType & { readonly kind: Kind } => Object.freeze({ kind });

/** The type of NULL. */
export const voidType: SimpleType = simple("void");
/** BOOLEAN. */
export const booleanType: SimpleType = simple("boolean");
/** TINYINT. */
export const byteType: SimpleType = simple("byte");
/** SMALLINT. */
export const shortType: SimpleType = simple("short");
/** INT. */
export const integerType: SimpleType = simple("integer");
/** BIGINT. */
export const longType: SimpleType = simple("long");
/** FLOAT. */
export const floatType: SimpleType = simple("float");
/** DOUBLE. */
export const doubleType: SimpleType = simple("double");
/** BINARY. */
export const binaryType: SimpleType = simple("binary");
/** DATE. */
export const dateType: SimpleType = simple("date");
/** TIMESTAMP: a moment, shown in the session's zone. */
export const timestampType: SimpleType = simple("timestamp");
/** TIMESTAMP_NTZ: date and time of no zone. */
export const timestampNTZType: SimpleType = simple("timestamp_ntz");
/** The legacy INTERVAL. */
export const calendarIntervalType: SimpleType = simple("interval");
/** VARIANT. */
export const variantType: SimpleType = simple("variant");

/** The collation of strings that name none: by bytes. */
export const binaryCollation = "UTF8_BINARY";
/** STRING of the default collation. */
export const stringType: StringType = Object.freeze({ kind: "string", collation: binaryCollation });

/** Text under a collation. */
export function collatedStringType(collation: string): StringType {
  return Object.freeze(collation === binaryCollation ? { kind: "string", collation, isNamed: true } : { kind: "string", collation });
}

/** Most digits of a decimal. */
export const decimalPrecisionMax = 38;

/** Callers keep 1 ≤ precision ≤ 38 and 0 ≤ scale ≤ precision. */
export function decimalType(precision: number, scale: number): DecimalType {
  return Object.freeze({ kind: "decimal", precision, scale });
}

/** CHAR(length). */
export function charType(length: number): CharType {
  return Object.freeze({ kind: "char", length });
}

/** VARCHAR(length). */
export function varcharType(length: number): VarcharType {
  return Object.freeze({ kind: "varchar", length });
}

/** TIME(precision). */
export function timeType(precision = 6): TimeType {
  return Object.freeze({ kind: "time", precision });
}

/** INTERVAL YEAR TO MONTH, or fewer fields. */
export function yearMonthIntervalType(
  start: YearMonthIntervalType["start"] = "year",
  end: YearMonthIntervalType["end"] = "month",
): YearMonthIntervalType {
  return Object.freeze({ kind: "year-month-interval", start, end });
}

/** INTERVAL DAY TO SECOND, or fewer fields. */
export function dayTimeIntervalType(
  start: DayTimeIntervalType["start"] = "day",
  end: DayTimeIntervalType["end"] = "second",
): DayTimeIntervalType {
  return Object.freeze({ kind: "day-time-interval", start, end });
}

/** ARRAY of a type. */
export function arrayType(element: DataType, containsNull = true): ArrayType {
  return Object.freeze({ kind: "array", element, containsNull });
}

/** MAP from one type to another. */
export function mapType(key: DataType, value: DataType, valueContainsNull = true): MapType {
  return Object.freeze({ kind: "map", key, value, valueContainsNull });
}

/** STRUCT of fields. */
export function structType(fields: readonly StructField[]): StructType {
  return Object.freeze({ kind: "struct", fields: Object.freeze([...fields]) });
}

/** A field; it may be null unless said otherwise. */
export function structField(name: string, dataType: DataType, nullable = true, metadata?: Readonly<Record<string, unknown>>): StructField {
  return Object.freeze(metadata === undefined ? { name, dataType, nullable } : { name, dataType, nullable, metadata });
}
