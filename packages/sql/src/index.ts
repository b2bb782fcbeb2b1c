// The door to SQL
export { SparkSession } from "./session/spark-session.ts";
export { RuntimeConfig } from "./session/runtime-config.ts";
export { Catalog } from "./session/catalog.ts";
export type { CatalogColumn, CatalogFunction, CatalogTable } from "./session/catalog.ts";
export { UDFRegistration } from "./session/udf-registration.ts";
export { DataFrameReader } from "./session/data-frame-reader.ts";

// Queries and columns
export {
  CaseColumn,
  Column,
  ColumnName,
  DataFrame,
  DataFrameNaFunctions,
  DataFrameWriter,
  functions,
  GroupedData,
  nullable,
  PivotedData,
  schema,
  types,
  udf,
  Window,
  WindowSpec,
} from "@vonk/dataframe";
export type {
  ColumnType,
  DataType,
  Dynamic,
  ExplainMode,
  ExternalValue,
  Frame,
  Functions,
  Int,
  JoinKind,
  Operand,
  PersistLevel,
  QueryOptions,
  RowOf,
  SaveMode,
  Schema,
  StructField,
  StructType,
  UserDefinedFunction,
  UserFunctionOptions,
} from "@vonk/dataframe";

// Rows and their values
export { DayTimeInterval, Decimal, LocalDate, LocalDateTime, LocalTime, Row, Timestamp, YearMonthInterval } from "@vonk/dataframe";

// Errors
export { sqlErrors } from "./errors.ts";
