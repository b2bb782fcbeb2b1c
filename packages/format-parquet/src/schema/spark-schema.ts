import { catalogString, type DataType, type StructField, type StructType } from "@vonk/columnar/internal";

/** The key under which Spark keeps its own schema in a file. */
export const sparkSchemaKey = "org.apache.spark.sql.parquet.row.metadata";

/** A schema as Spark's `StructType.json` has it. */
export function writeSparkSchema(schema: StructType): string {
  return JSON.stringify(jsonOf(schema));
}

function jsonOf(type: DataType): unknown {
  switch (type.kind) {
    case "struct":
      return { type: "struct", fields: type.fields.map(fieldJSON) };
    case "array":
      return { type: "array", elementType: jsonOf(type.element), containsNull: type.containsNull };
    case "map":
      return { type: "map", keyType: jsonOf(type.key), valueType: jsonOf(type.value), valueContainsNull: type.valueContainsNull };
    case "string":
    case "char":
    case "varchar":
      return "string";
    case "decimal":
    case "time":
    case "year-month-interval":
    case "day-time-interval":
      return catalogString(type);
    default:
      return type.kind;
  }
}

function fieldJSON({ name, dataType, nullable, metadata }: StructField): unknown {
  const text = dataType.kind === "char" || dataType.kind === "varchar" ? { __CHAR_VARCHAR_TYPE_STRING: catalogString(dataType) } : {};
  return { name, type: jsonOf(dataType), nullable, metadata: { ...metadata, ...text } };
}
