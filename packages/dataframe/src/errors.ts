import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  AMBIGUOUS_COLUMN_NAME: {
    message: "The row has several columns '{column}', at positions {positions}. Take the value by position, `row.get({first})`.",
    fault: "user",
  },
  CANNOT_CONVERT_COLUMN: {
    message:
      "The column {column} is no value of the program: it has one only in rows. Combine columns with methods such as `and`, `plus`, `equalTo`.",
    fault: "user",
  },
  EMPTY_ROWS: {
    message: "createDataFrame needs a schema when there are no rows, or only nulls in the column '{column}'. Give it a schema.",
    fault: "user",
  },
  INVALID_ARGUMENT: {
    message: "{method} expects {expected} for {argument}, not {found}.",
    fault: "user",
  },
  TYPE_TEXT_MALFORMED: {
    message: "'{text}' is no type. Write it as in SQL: 'bigint', 'decimal(10,2)', 'array<string>', 'struct<a:int,b:date>'.",
    fault: "user",
  },
  VALUE_MALFORMED: {
    message: "'{value}' is no {type}. Write it as {form}.",
    fault: "user",
  },
  VALUE_TYPE_MISMATCH: {
    message: "The column '{column}' is of type {expected} and cannot hold {value}, a {found}.",
    fault: "user",
  },
} as const;

/** Errors of @vonk/dataframe. */
export const dataFrameErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
