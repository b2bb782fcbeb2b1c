import { structType, type DataType } from "@vonk/columnar/internal";
import { EngineError } from "@vonk/common";
import { columnsOfText, typeOfText } from "@vonk/dataframe/internal";
import { expressionErrors } from "../errors.ts";

/** A type or a list of columns, as text: `a INT, b ARRAY<STRING>`, `STRUCT<a: INT>`, `BIGINT`. @throws INVALID_SCHEMA.PARSE_ERROR */
export function parseSchema(text: string): DataType {
  const refuse = (reason: string): Error => expressionErrors.create("INVALID_SCHEMA.PARSE_ERROR", { inputSchema: `"${text}"`, reason });
  try {
    return typeOfText(text, refuse);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // It is no type, then a list of columns.
    return structType(columnsOfText(text, refuse));
  }
}
