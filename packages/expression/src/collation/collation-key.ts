import { arrayType, MapValue, mapType, stringType, structField, structType, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { isList } from "../order/compare-values.ts";
import { collationOf, isCollated } from "./collation.ts";

/** The type with text by bytes in the place of text under collations. */
export function withoutCollations(type: DataType): DataType {
  if (!isCollated(type)) return type;
  switch (type.kind) {
    case "string":
      return stringType;
    case "array":
      return arrayType(withoutCollations(type.element), type.containsNull);
    case "map":
      return mapType(withoutCollations(type.key), withoutCollations(type.value), type.valueContainsNull);
    case "struct":
      return structType(
        type.fields.map((field) => structField(field.name, withoutCollations(field.dataType), field.nullable, field.metadata)),
      );
    default:
      return type;
  }
}

/** For values of the type what is equal by bytes exactly when they are equal: each text as its collation's key. */
export function collationKey(type: DataType): (value: SQLValue) => SQLValue {
  if (!isCollated(type)) return (value) => value;
  switch (type.kind) {
    case "string": {
      const { key } = collationOf(type.collation);
      return (value) => (typeof value === "string" ? key(value) : value);
    }
    case "array": {
      const element = collationKey(type.element);
      return (value) => (isList(value) ? value.map(element) : value);
    }
    case "map": {
      const [key, item] = [collationKey(type.key), collationKey(type.value)];
      return (value) => (value instanceof MapValue ? new MapValue(value.keys.map(key), value.values.map(item)) : value);
    }
    case "struct": {
      const fields = type.fields.map((field) => collationKey(field.dataType));
      return (value) => (isList(value) ? value.map((part, index) => fields[index]?.(part) ?? part) : value);
    }
    default:
      return (value) => value;
  }
}
