import { binaryCollation, type DataType, type StructField } from "./data-type.ts";

/**
 * A type as Spark's catalog writes it: `bigint`, `decimal(10,2)`, `array<string>`, `struct<a:int,b:array<date>>`. It is what
 * `df.printSchema` of tables, `DESCRIBE` and `typeof` show.
 */
export function catalogString(type: DataType): string {
  switch (type.kind) {
    case "array":
      return `array<${catalogString(type.element)}>`;
    case "map":
      return `map<${catalogString(type.key)},${catalogString(type.value)}>`;
    case "struct":
      return `struct<${type.fields.map((field) => `${field.name}:${catalogString(field.dataType)}`).join(",")}>`;
    case "string":
      return type.collation === binaryCollation && type.isNamed !== true ? "string" : `string collate ${type.collation}`;
    default:
      return flatName(type).toLowerCase();
  }
}

/** A type as SQL text: `BIGINT`, `ARRAY<STRING>`, `STRUCT<a: INT NOT NULL>`; Spark's `DataType.sql`, as errors show it. */
export function sqlType(type: DataType): string {
  switch (type.kind) {
    case "array":
      return `ARRAY<${sqlType(type.element)}>`;
    case "map":
      return `MAP<${sqlType(type.key)}, ${sqlType(type.value)}>`;
    case "struct":
      return `STRUCT<${type.fields.map(sqlField).join(", ")}>`;
    case "string":
      return type.collation === binaryCollation && type.isNamed !== true ? "STRING" : `STRING COLLATE ${type.collation}`;
    default:
      return flatName(type);
  }
}

function sqlField(field: StructField): string {
  return `${quoteIfNeeded(field.name)}: ${sqlType(field.dataType)}${field.nullable ? "" : " NOT NULL"}`;
}

/** A name in backquotes when it is no plain identifier. */
export function quoteIfNeeded(name: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quoteIdentifier(name);
}

/** A name in backquotes, those inside doubled. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

function flatName(type: Exclude<DataType, { kind: "array" | "map" | "struct" | "string" }>): string {
  switch (type.kind) {
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`;
    case "char":
      return `CHAR(${type.length})`;
    case "varchar":
      return `VARCHAR(${type.length})`;
    case "time":
      return `TIME(${type.precision})`;
    case "year-month-interval":
    case "day-time-interval":
      return type.start === type.end
        ? `INTERVAL ${type.start.toUpperCase()}`
        : `INTERVAL ${type.start.toUpperCase()} TO ${type.end.toUpperCase()}`;
    case "byte":
      return "TINYINT";
    case "short":
      return "SMALLINT";
    case "integer":
      return "INT";
    case "long":
      return "BIGINT";
    default:
      return type.kind.toUpperCase();
  }
}
