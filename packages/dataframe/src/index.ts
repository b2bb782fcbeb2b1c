// Types of columns
export type { DataType, StructField, StructType } from "@vonk/columnar/internal";
