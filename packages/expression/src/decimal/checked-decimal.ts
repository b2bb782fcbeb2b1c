import type { DecimalType } from "@vonk/columnar/internal";
import { expressionErrors } from "../errors.ts";
import { decimalText, fitsPrecision } from "./decimal-value.ts";

/** A decimal that is too large for its type: an error under ANSI, else null. @throws NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION */
export function checkedDecimal(value: bigint, type: DecimalType, ansi: boolean): bigint | null {
  if (fitsPrecision(value, type.precision)) return value;
  if (!ansi) return null;
  throw expressionErrors.create("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", {
    value: decimalText(value, type.scale),
    precision: type.precision,
    scale: type.scale,
    config: '"spark.sql.ansi.enabled"',
  });
}
