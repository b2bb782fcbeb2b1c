import { sqlType, type DataType, type SQLValue } from "@vonk/columnar/internal";
import type { EvalMode } from "@vonk/dataframe/internal";
import { expressionErrors } from "../errors.ts";
import type { SessionValues } from "../function/function-entry.ts";
import { keyText } from "../order/compare-values.ts";
import { toText } from "./to-text.ts";

/** A conversion of values that are not null; null when the mode makes failures null. */
export type Conversion = (value: SQLValue) => SQLValue;

/** What conversions depend on beside their types. */
export interface CastSite {
  readonly mode: EvalMode;
  readonly session: SessionValues;
}

/** Not a value of the type: an error under ANSI, else null. @throws CAST_INVALID_INPUT */
export function malformed(value: SQLValue, from: DataType, to: DataType, site: CastSite): null {
  if (site.mode !== "ansi") return null;
  throw expressionErrors.create("CAST_INVALID_INPUT", {
    expression: typeof value === "string" ? `'${value}'` : literalText(value, from, site.session),
    sourceType: `"${sqlType(from)}"`,
    targetType: `"${sqlType(to)}"`,
    ansiConfig: '"spark.sql.ansi.enabled"',
  });
}

/** @throws CAST_OVERFLOW */
export function outOfRange(value: SQLValue, from: DataType, to: DataType, site: CastSite): never {
  throw expressionErrors.create("CAST_OVERFLOW", {
    value: literalText(value, from, site.session),
    sourceType: `"${sqlType(from)}"`,
    targetType: `"${sqlType(to)}"`,
    ansiConfig: '"spark.sql.ansi.enabled"',
  });
}

const suffixes: Partial<Record<DataType["kind"], string>> = { long: "L", short: "S", byte: "T", double: "D", decimal: "BD" };

/** A value as a literal of its type, as errors show it. */
function literalText(value: SQLValue, type: DataType, session: SessionValues): string {
  const text = toText(type, session)(value);
  return (typeof text === "string" ? text : keyText(value)) + (suffixes[type.kind] ?? "");
}

/** The conversion that changes nothing. */
export const same: Conversion = (value) => value;
