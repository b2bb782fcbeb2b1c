// Queries
export { DataFrame } from "./frame/data-frame.ts";
export type { Frame } from "./frame/data-frame.ts";
export { GroupedData, PivotedData } from "./frame/grouped-data.ts";
export { DataFrameNaFunctions } from "./frame/na-functions.ts";
export { DataFrameWriter } from "./frame/data-frame-writer.ts";
export type { JoinKind } from "./frame/frame-type.ts";
export type { ExplainMode, PersistLevel, QueryOptions, SaveMode } from "./frame/query-engine.ts";

// Columns
export { CaseColumn, Column } from "./column/column.ts";
export type { AnyColumn, Operand } from "./column/column.ts";
export type { Dynamic, Unchecked } from "./column/column-value.ts";
export { ColumnName, functions } from "./function/functions.ts";
export type { Functions } from "./function/functions.ts";
export { udf } from "./function/user-function.ts";
export type { UserDefinedFunction, UserFunctionOptions } from "./function/user-function.ts";
export { Window, WindowSpec } from "./window/window.ts";
export type { WindowColumn } from "./window/window.ts";

// Types of columns
export { nullable, schema, types } from "./schema/column-type.ts";
export type { ColumnType, ColumnTypes, Int, Schema, ValuesOf } from "./schema/column-type.ts";
export type { DataType, StructField, StructType } from "@vonk/columnar/internal";

// Rows and their values
export { Row } from "./row/row.ts";
export type { RowOf } from "./row/row.ts";
export { Decimal } from "./value/decimal.ts";
export { LocalDate } from "./value/local-date.ts";
export { LocalDateTime, LocalTime, Timestamp } from "./value/timestamp.ts";
export { DayTimeInterval, YearMonthInterval } from "./value/interval.ts";
export type { ExternalValue } from "./value/external-value.ts";

// Errors
export { dataFrameErrors } from "./errors.ts";
