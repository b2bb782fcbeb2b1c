import { MapValue, stringType, type DataType, type SQLRow, type SQLValue, type StructType } from "@vonk/columnar/internal";
import { conversion, type SessionValues } from "@vonk/expression/internal";

/** How a table is printed. */
export interface ShowOptions {
  /** Longer cells are cut to this many characters, with `...`; 0 cuts nothing. */
  readonly truncate: number;
  readonly session: SessionValues;
}

/** A cell as `show` prints it. */
export function cellText(value: SQLValue, type: DataType, session: SessionValues): string {
  if (value === null) return "NULL";
  const text = conversion(type, stringType, { mode: "ansi", session })?.(value);
  if (typeof text === "string") return text;
  if (type.kind === "array" && Array.isArray(value))
    return `[${value.map((item: SQLValue) => cellText(item, type.element, session)).join(", ")}]`;
  if (type.kind === "struct" && Array.isArray(value)) {
    return `{${type.fields.map((field, index) => cellText((value[index] ?? null) as SQLValue, field.dataType, session)).join(", ")}}`;
  }
  if (type.kind === "map" && value instanceof MapValue) {
    return `{${value.keys.map((key, index) => `${cellText(key, type.key, session)} -> ${cellText(value.values[index] ?? null, type.value, session)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

/** Rows in a frame, numbers and text to the right unless they are cut, as Spark prints them. */
export function tableText(schema: StructType, rows: readonly SQLRow[], options: ShowOptions): string {
  const cut = (text: string): string => {
    const { truncate } = options;
    if (truncate === 0 || text.length <= truncate) return text;
    return truncate < 4 ? text.slice(0, truncate) : `${text.slice(0, truncate - 3)}...`;
  };
  const cells = [
    schema.fields.map((field) => cut(field.name)),
    ...rows.map((row) => schema.fields.map((field, index) => cut(cellText(row[index] ?? null, field.dataType, options.session)))),
  ];
  const widths = schema.fields.map((_, index) => Math.max(3, ...cells.map((line) => line[index]?.length ?? 0)));
  const rule = `+${widths.map((width) => "-".repeat(width)).join("+")}+`;
  const lines = cells.map(
    (line) =>
      `|${line.map((text, index) => (options.truncate > 0 ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0))).join("|")}|`,
  );
  return [rule, lines[0] ?? "||", rule, ...lines.slice(1), rule].join("\n");
}
