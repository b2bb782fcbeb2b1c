import {
  arrayType,
  type DataType,
  dayTimeIntervalType,
  mapType,
  structField,
  structType,
  timeType,
  yearMonthIntervalType,
} from "@vonk/columnar/internal";
import type { LeafNode, ParquetNode, ParquetSchema } from "./parquet-node.ts";

/**
 * The schema with the types that only Spark's own schema in the file names: intervals, which are plain integers to Parquet, and the digits of times
 * of day. As with Spark, a text that is no schema says nothing, and neither does a type that does not go with the column's.
 */
export function restoreSparkTypes(schema: ParquetSchema, text: string | undefined): ParquetSchema {
  const root = text === undefined ? undefined : parseJSON(text);
  if (root === undefined) return schema;
  const leaves: LeafNode[] = [];
  const restored = fieldsOf(root);
  const columns = schema.columns.map((column) => restoreNode(column, restored.get(column.name), leaves));
  const fields = columns.map(({ name, dataType, nullable }) => structField(name, dataType, nullable));
  return { schema: structType(fields), columns, leaves };
}

function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Another program's, or damaged: the file's own types are enough.
    return undefined;
  }
}

function restoreNode(node: ParquetNode, type: unknown, leaves: LeafNode[]): ParquetNode {
  if (node.kind === "leaf") {
    const dataType = typeof type === "string" ? restoreLeaf(node.dataType, type) : node.dataType;
    const leaf = dataType === node.dataType ? node : { ...node, dataType, form: { ...node.form, dataType } };
    leaves.push(leaf);
    return leaf;
  }
  const restore = (child: ParquetNode, part: unknown): ParquetNode => restoreNode(child, part, leaves);
  const { dataType } = node;
  if (dataType.kind === "struct") {
    const parts = fieldsOf(type);
    const children = node.children.map((child) => restore(child, parts.get(child.name)));
    const fields = children.map((child) => structField(child.name, child.dataType, child.nullable));
    return { ...node, kind: "struct", children, dataType: structType(fields) };
  }
  const names = dataType.kind === "array" ? ["elementType"] : dataType.kind === "map" ? ["keyType", "valueType"] : [];
  const children = node.children.map((child, index) => restore(child, memberOf(type, names[index])));
  const [first, second] = children;
  if (dataType.kind === "array" && first !== undefined)
    return { ...node, children, dataType: arrayType(first.dataType, dataType.containsNull) };
  if (dataType.kind === "map" && first !== undefined && second !== undefined)
    return { ...node, children, dataType: mapType(first.dataType, second.dataType, dataType.valueContainsNull) };
  return { ...node, children };
}

const yearMonth = /^interval (year|month)(?: to (month))?$/;
const dayTime = /^interval (day|hour|minute|second)(?: to (hour|minute|second))?$/;

function restoreLeaf(dataType: DataType, text: string): DataType {
  if (dataType.kind === "integer") {
    const [, start, end = start] = yearMonth.exec(text) ?? [];
    if (isYearMonth(start) && isYearMonth(end)) return yearMonthIntervalType(start, end);
  }
  if (dataType.kind === "long") {
    const [, start, end = start] = dayTime.exec(text) ?? [];
    if (isDayTime(start) && isDayTime(end)) return dayTimeIntervalType(start, end);
  }
  const digits = dataType.kind === "time" ? /^time\((\d)\)$/.exec(text)?.[1] : undefined;
  return digits === undefined ? dataType : timeType(Number(digits));
}

function isYearMonth(field: string | undefined): field is "year" | "month" {
  return field === "year" || field === "month";
}

function isDayTime(field: string | undefined): field is "day" | "hour" | "minute" | "second" {
  return field === "day" || field === "hour" || field === "minute" || field === "second";
}

/** The types of a struct's fields by name. */
function fieldsOf(type: unknown): ReadonlyMap<unknown, unknown> {
  const fields = memberOf(type, "fields");
  return new Map(Array.isArray(fields) ? fields.map((field: unknown) => [memberOf(field, "name"), memberOf(field, "type")]) : []);
}

function memberOf(value: unknown, name: string | undefined): unknown {
  return typeof value === "object" && value !== null && name !== undefined ? Reflect.get(value, name) : undefined;
}
