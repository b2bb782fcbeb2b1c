import {
  arrayType,
  binaryType,
  booleanType,
  CalendarInterval,
  calendarIntervalType,
  dateType,
  decimalType,
  doubleType,
  longType,
  mapType,
  stringType,
  structField,
  structType,
  timestampNTZType,
  timestampType,
  timeType,
  voidType,
  type DataType,
  type SQLRow,
  type StructType,
} from "@vonk/columnar/internal";
import {
  dataFrameErrors,
  Decimal,
  internalValue,
  kindOf,
  shownValue,
  LocalDate,
  LocalDateTime,
  LocalTime,
  Timestamp,
} from "@vonk/dataframe/internal";

/** Rows of a program: objects by name, or lists in the order of the columns. */
export type ProgramRow = object | readonly unknown[];

/** The columns that rows have: types are inferred from the values; `number` is DOUBLE, `bigint` BIGINT. @throws EMPTY_ROWS, VALUE_TYPE_MISMATCH */
export function inferRowSchema(rows: readonly ProgramRow[], names: readonly string[] | undefined): StructType {
  const columns = new Map<string, DataType>();
  for (const row of rows) {
    const entries = Array.isArray(row)
      ? row.map((value: unknown, index) => [names?.[index] ?? `_${index + 1}`, value] as const)
      : Object.entries(row);
    for (const [name, value] of entries) columns.set(name, merged(columns.get(name), typeOfValue(value, name), name, value));
  }
  const unknown = [...columns].find(([, type]) => type.kind === "void");
  if (columns.size === 0 || unknown !== undefined) throw dataFrameErrors.create("EMPTY_ROWS", { column: unknown?.[0] ?? "" });
  return structType([...columns].map(([name, type]) => structField(name, type)));
}

function merged(known: DataType | undefined, type: DataType, column: string, value: unknown): DataType {
  if (known === undefined || known.kind === "void") return type;
  if (type.kind === "void" || type.kind === known.kind) return known;
  throw dataFrameErrors.create("VALUE_TYPE_MISMATCH", { column, value: shownValue(value), found: kindOf(value), expected: known.kind });
}

/** Spark's type of exact numbers whose digits nobody declared. */
const anyDecimal = decimalType(38, 18);

function typeOfValue(value: unknown, column: string): DataType {
  switch (typeof value) {
    case "boolean":
      return booleanType;
    case "number":
      return doubleType;
    case "bigint":
      return longType;
    case "string":
      return stringType;
    case "undefined":
      return voidType;
    default:
      return typeOfObject(value, column);
  }
}

function typeOfObject(value: unknown, column: string): DataType {
  if (value === null) return voidType;
  if (value instanceof Decimal) return anyDecimal;
  if (value instanceof LocalDate) return dateType;
  if (value instanceof Timestamp || value instanceof Date) return timestampType;
  if (value instanceof LocalDateTime) return timestampNTZType;
  if (value instanceof LocalTime) return timeType();
  if (value instanceof Uint8Array) return binaryType;
  if (value instanceof CalendarInterval) return calendarIntervalType;
  if (Array.isArray(value)) return arrayType(commonType(value, column));
  if (value instanceof Map) return mapType(commonType([...value.keys()], column), commonType([...value.values()], column));
  if (typeof value === "object")
    return structType(Object.entries(value).map(([name, item]) => structField(name, typeOfValue(item, `${column}.${name}`))));
  throw dataFrameErrors.create("VALUE_TYPE_MISMATCH", {
    column,
    value: shownValue(value),
    found: kindOf(value),
    expected: "a value of an SQL type",
  });
}

function commonType(values: readonly unknown[], column: string): DataType {
  return values.reduce<DataType>((type, value) => merged(type, typeOfValue(value, column), column, value), voidType);
}

/** Rows in the engine's values. @throws VALUE_TYPE_MISMATCH */
export function internalRows(rows: readonly ProgramRow[], schema: StructType): SQLRow[] {
  return rows.map((row) =>
    schema.fields.map((field, index) => {
      const value: unknown = Array.isArray(row) ? row[index] : Reflect.get(row, field.name);
      const converted = internalValue(value, field.dataType, field.name);
      if (converted === null && !field.nullable) {
        throw dataFrameErrors.create("VALUE_TYPE_MISMATCH", {
          column: field.name,
          value: "null",
          found: "null",
          expected: `${field.dataType.kind} NOT NULL`,
        });
      }
      return converted;
    }),
  );
}
