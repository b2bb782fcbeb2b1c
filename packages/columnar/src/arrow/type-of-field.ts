import { columnarErrors } from "../errors.ts";
import {
  arrayType,
  binaryType,
  booleanType,
  byteType,
  type DataType,
  dateType,
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
  variantType,
  voidType,
  yearMonthIntervalType,
} from "../schema/data-type.ts";
import type { ArrowField, ArrowType } from "./arrow-field.ts";

/** SQL's type for a field of Arrow. @throws ARROW_NOT_SUPPORTED, ARROW_CORRUPT */
export function typeOfField(field: ArrowField): DataType {
  const { type, children } = field;
  const part = (index: number): ArrowField => {
    const child = children[index];
    if (child === undefined) throw columnarErrors.create("ARROW_CORRUPT", { problem: `field ${field.name} lacks a part` });
    return child;
  };
  switch (type.kind) {
    case "list":
    case "large-list":
    case "fixed-list":
      return arrayType(typeOfField(part(0)), part(0).nullable);
    case "map": {
      const [key, value] = part(0).children;
      if (key === undefined || value === undefined)
        throw columnarErrors.create("ARROW_CORRUPT", { problem: `map ${field.name} lacks keys or values` });
      return mapType(typeOfField(key), typeOfField(value), value.nullable);
    }
    case "struct":
      if (isVariant(field)) return variantType;
      return structType(children.map((child) => structField(child.name, typeOfField(child), child.nullable)));
    default:
      return flatTypeOf(type);
  }
}

/** Whether a struct holds Spark's variants. */
export function isVariant({ children }: ArrowField): boolean {
  const [value, metadata] = children;
  return children.length === 2 && value?.name === "value" && metadata?.name === "metadata" && metadata.metadata?.["variant"] === "true";
}

function flatTypeOf(type: Exclude<ArrowType, { kind: "list" | "large-list" | "map" | "struct" | "fixed-list" }>): DataType {
  switch (type.kind) {
    case "null":
      return voidType;
    case "bool":
      return booleanType;
    case "int":
      return integerOf(type.bits, type.isSigned);
    case "float":
      return type.bits === 64 ? doubleType : floatType;
    case "decimal":
      if (type.precision > decimalPrecisionMax || type.scale < 0 || type.scale > type.precision)
        throw columnarErrors.create("ARROW_NOT_SUPPORTED", { what: `the type decimal(${type.precision},${type.scale})` });
      return decimalType(type.precision, type.scale);
    case "utf8":
    case "large-utf8":
      return stringType;
    case "binary":
    case "large-binary":
    case "fixed-binary":
      return binaryType;
    case "date":
      return dateType;
    case "time":
      return timeType(6);
    case "timestamp":
      return type.timeZone === undefined ? timestampNTZType : timestampType;
    case "interval-months":
      return yearMonthIntervalType();
    case "duration":
      return dayTimeIntervalType();
    default:
      throw columnarErrors.create("ARROW_NOT_SUPPORTED", { what: `the type ${type.kind}` });
  }
}

/** Unsigned integers have the next wider type. */
function integerOf(bits: number, isSigned: boolean): DataType {
  switch (bits) {
    case 8:
      return isSigned ? byteType : shortType;
    case 16:
      return isSigned ? shortType : integerType;
    case 32:
      return isSigned ? integerType : longType;
    default:
      return isSigned ? longType : decimalType(20, 0);
  }
}
