import type { DataFrame } from "@vonk/sql";

/** How results are printed. */
export const outputFormats = ["table", "csv", "json"] as const;

/** One of {@link outputFormats}. */
export type OutputFormat = (typeof outputFormats)[number];

/** A result as text: a frame as Spark prints it, comma-separated values with a header, or an object a line. Empty for statements without columns. */
export async function resultText(frame: DataFrame, format: OutputFormat, signal: AbortSignal): Promise<string> {
  const schema = await frame.schema();
  if (schema.fields.length === 0) return "";
  const rows = await frame.collect({ signal });
  switch (format) {
    case "table":
      return frame.tableText(rows);
    case "csv":
      return [
        schema.fields.map((field) => csvCell(field.name)),
        ...(await frame.cellTexts(rows)).map((cells) => cells.map((cell) => csvCell(cell ?? ""))),
      ]
        .map((cells) => `${cells.join(",")}\n`)
        .join("");
    case "json":
      return rows.map((row) => `${JSON.stringify(row, bigAsNumber)}\n`).join("");
  }
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** JSON has no integers of its own size: those beyond 2^53 become text. */
function bigAsNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
}
