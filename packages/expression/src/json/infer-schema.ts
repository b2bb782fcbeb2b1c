import {
  arrayType,
  booleanType,
  decimalType,
  doubleType,
  longType,
  stringType,
  structField,
  structType,
  voidType,
  type DataType,
} from "@vonk/columnar/internal";
import { tightestType } from "../coercion/wider-type.ts";
import type { JSONNode } from "./json-text.ts";

/** The type of a JSON value, as Spark infers it: fields in the order of their names, numbers BIGINT, DOUBLE or DECIMAL. */
export function inferSchema(node: JSONNode): DataType {
  return settled(infer(node));
}

/** What was only ever null is text. */
function settled(type: DataType): DataType {
  if (type.kind === "void") return stringType;
  if (type.kind === "array") return arrayType(settled(type.element));
  return type.kind === "struct" ? structType(type.fields.map((field) => structField(field.name, settled(field.dataType)))) : type;
}

function infer(node: JSONNode): DataType {
  switch (node.kind) {
    case "null":
      return voidType;
    case "boolean":
      return booleanType;
    case "string":
      return stringType;
    case "number":
      if (!/^-?\d+$/.test(node.text)) return doubleType;
      return BigInt.asIntN(64, BigInt(node.text)) === BigInt(node.text)
        ? longType
        : decimalType(Math.min(node.text.replace("-", "").length, 38), 0);
    case "array":
      return arrayType(node.items.map(infer).reduce(both, voidType));
    case "object":
      return structType(
        node.keys
          .map((key, index) => structField(key, infer(node.values[index] ?? { kind: "null" })))
          .toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name))),
      );
  }
}

/** What holds both; structs have the fields of either, and what does not go together is text. */
function both(a: DataType, b: DataType): DataType {
  if (a.kind === "void") return b;
  if (b.kind === "void") return a;
  if (a.kind === "array" && b.kind === "array") return arrayType(both(a.element, b.element));
  if (a.kind === "struct" && b.kind === "struct") {
    const names = [...new Set([...a.fields, ...b.fields].map((field) => field.name))].toSorted();
    const typeIn = (type: typeof a, name: string): DataType => type.fields.find((field) => field.name === name)?.dataType ?? voidType;
    return structType(names.map((name) => structField(name, both(typeIn(a, name), typeIn(b, name)))));
  }
  return tightestType(a, b, { ansi: false }) ?? stringType;
}
