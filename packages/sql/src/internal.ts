// Printing
export { cellText, tableText } from "./session/show-table.ts";
export type { ShowOptions } from "./session/show-table.ts";
export { QueryExecution } from "./session/query-execution.ts";
