/** A value of a table: numbers stand right, text left. */
export type Cell = string | number;

/** Rows under a header as text with columns of equal width; numbers with thousands separators and at most one decimal. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const shown = rows.map((row) => row.map(show));
  const widths = header.map((title, column) => Math.max(title.length, ...shown.map((row) => row[column]?.length ?? 0)));
  const isNumber = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => (isNumber[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join("   ")}`.trimEnd();
  return [line(header), line(widths.map((width) => "─".repeat(width))), ...shown.map(line)].join("\n");
}

function show(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.toLocaleString("en-US", { maximumFractionDigits: 1 });
}
