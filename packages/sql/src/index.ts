// The door to SQL
export { SparkSession } from "./session/spark-session.ts";
export { DataFrame } from "./session/data-frame.ts";
export { RuntimeConfig } from "./session/runtime-config.ts";
export { DataFrameReader } from "./session/data-frame-reader.ts";

// Results
export { Row } from "./session/row.ts";
export { Decimal, LocalDate } from "./session/external-value.ts";
export type { ExternalValue } from "./session/external-value.ts";

// Errors
export { sqlErrors } from "./errors.ts";
