import type { DataType, DecimalType } from "./data-type.ts";

const integralDigits: Readonly<Partial<Record<DataType["kind"], number>>> = { byte: 3, short: 5, integer: 10, long: 20 };

/** TINYINT, SMALLINT, INT and BIGINT. */
export function isIntegral(type: DataType): boolean {
  return type.kind in integralDigits;
}

/** FLOAT and DOUBLE. */
export function isFractional(type: DataType): boolean {
  return type.kind === "float" || type.kind === "double";
}

/** Integral, fractional and decimal types. */
export function isNumeric(type: DataType): boolean {
  return type.kind === "decimal" || isIntegral(type) || isFractional(type);
}

/** DATE, TIMESTAMP, TIMESTAMP_NTZ. */
export function isDatetime(type: DataType): boolean {
  return type.kind === "date" || type.kind === "timestamp" || type.kind === "timestamp_ntz";
}

/** The two ANSI interval families; not the legacy interval. */
export function isAnsiInterval(type: DataType): boolean {
  return type.kind === "year-month-interval" || type.kind === "day-time-interval";
}

/** Types that hold others. */
export function isNested(type: DataType): boolean {
  return type.kind === "array" || type.kind === "map" || type.kind === "struct";
}

/** The decimal type that holds every value of an integral type; undefined for other types. */
export function decimalOfIntegral(type: DataType): DecimalType | undefined {
  const precision = integralDigits[type.kind];
  return precision === undefined ? undefined : { kind: "decimal", precision, scale: 0 };
}

/** True when values of the type have an order: everything but maps, variants and legacy intervals, throughout. */
export function isOrderable(type: DataType): boolean {
  switch (type.kind) {
    case "map":
    case "variant":
    case "interval":
      return false;
    case "array":
      return isOrderable(type.element);
    case "struct":
      return type.fields.every((field) => isOrderable(field.dataType));
    default:
      return true;
  }
}
