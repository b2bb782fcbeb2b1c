import { catalogString, type DataType, type StructType } from "@vonk/columnar/internal";

/** A schema as `printSchema` prints it. */
export function schemaTree(schema: StructType): string {
  return `root\n${fieldLines(schema, " |")}`;
}

function fieldLines(type: StructType, prefix: string): string {
  return type.fields.map(({ name, dataType, nullable }) => line(prefix, name, dataType, `nullable = ${nullable}`)).join("");
}

function line(prefix: string, name: string, type: DataType, note: string): string {
  const inner = `${prefix}    |`;
  const below =
    type.kind === "struct"
      ? fieldLines(type, inner)
      : type.kind === "array"
        ? line(inner, "element", type.element, `containsNull = ${type.containsNull}`)
        : type.kind === "map"
          ? `${inner}-- key: ${typeName(type.key)}\n${line(inner, "value", type.value, `valueContainsNull = ${type.valueContainsNull}`)}`
          : "";
  return `${prefix}-- ${name}: ${typeName(type)} (${note})\n${below}`;
}

function typeName(type: DataType): string {
  return type.kind === "struct" || type.kind === "array" || type.kind === "map" ? type.kind : (longNames[type.kind] ?? catalogString(type));
}

/** Kinds whose name here is not that of SQL. */
const longNames: Readonly<Record<string, string>> = { byte: "byte", short: "short", integer: "integer", long: "long" };
