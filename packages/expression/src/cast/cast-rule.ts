import { isAnsiInterval, isIntegral, isNumeric, sqlType, type DataType } from "@vonk/columnar/internal";
import type { EngineError } from "@vonk/common";
import type { EvalMode } from "@vonk/dataframe/internal";
import { expressionErrors } from "../errors.ts";

/** Whether values of one type can be converted to another; without ANSI more can. Spark's `Cast.canAnsiCast` and `Cast.canCast`. */
export function castExists(from: DataType, to: DataType, mode: EvalMode): boolean {
  if (from.kind === "void") return true;
  if (from.kind === "array" && to.kind === "array") return castExists(from.element, to.element, mode);
  if (from.kind === "map" && to.kind === "map") return castExists(from.key, to.key, mode) && castExists(from.value, to.value, mode);
  if (from.kind === "struct" && to.kind === "struct") {
    const { fields } = to;
    return (
      from.fields.length === fields.length &&
      from.fields.every((field, index) => castExists(field.dataType, fields[index]?.dataType ?? to, mode))
    );
  }
  if (to.kind === "string" || to.kind === "char" || to.kind === "varchar") return true;
  if (from.kind === to.kind && !["array", "map", "struct"].includes(from.kind)) return true;
  return castsAtom(from, to, mode);
}

/** Kinds that text becomes beside numbers. */
const fromText = [
  "binary",
  "boolean",
  "date",
  "timestamp",
  "timestamp_ntz",
  "time",
  "interval",
  "year-month-interval",
  "day-time-interval",
];

function castsAtom(from: DataType, to: DataType, mode: EvalMode): boolean {
  const legacy = mode === "legacy";
  const text = from.kind === "string" || from.kind === "char" || from.kind === "varchar";
  if (text) return isNumeric(to) || fromText.includes(to.kind);
  switch (to.kind) {
    case "boolean":
      return isNumeric(from) || (legacy && (from.kind === "date" || from.kind === "timestamp"));
    case "binary":
      return legacy && isIntegral(from);
    case "date":
      return from.kind === "timestamp" || from.kind === "timestamp_ntz";
    case "timestamp":
      return from.kind === "date" || from.kind === "timestamp_ntz" || isNumeric(from) || (legacy && from.kind === "boolean");
    case "timestamp_ntz":
      return from.kind === "date" || from.kind === "timestamp";
    case "year-month-interval":
    case "day-time-interval":
      return isIntegral(from) && to.start === to.end;
    case "interval":
      return isAnsiInterval(from);
    default:
      return isNumeric(to) && castsToNumber(from, to, legacy);
  }
}

function castsToNumber(from: DataType, to: DataType, legacy: boolean): boolean {
  if (isNumeric(from) || from.kind === "boolean" || from.kind === "timestamp") return true;
  if (from.kind === "time") return isIntegral(to) || to.kind === "decimal";
  if (isAnsiInterval(from) && "start" in from) return from.start === from.end && (isIntegral(to) || to.kind === "decimal");
  return legacy && from.kind === "date";
}

/** What to say of a cast that does not exist, or that there is only without ANSI. */
export function castFailure(from: DataType, to: DataType, mode: EvalMode, expression: string): EngineError {
  const types = { sqlExpr: `"${expression}"`, srcType: `"${sqlType(from)}"`, targetType: `"${sqlType(to)}"` };
  const instead = functionInstead(from, to);
  if (mode !== "legacy" && instead !== undefined)
    return expressionErrors.create("DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION", { ...types, functionNames: instead });
  if (mode !== "legacy" && castExists(from, to, "legacy")) {
    return expressionErrors.create("DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION", {
      ...types,
      config: '"spark.sql.ansi.enabled"',
      configVal: "'false'",
    });
  }
  return expressionErrors.create("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", types);
}

function functionInstead(from: DataType, to: DataType): string | undefined {
  if (isNumeric(from) && to.kind === "timestamp") return "`TIMESTAMP_SECONDS`/`TIMESTAMP_MILLIS`/`TIMESTAMP_MICROS`";
  if (from.kind === "timestamp" && isNumeric(to)) return "`UNIX_SECONDS`/`UNIX_MILLIS`/`UNIX_MICROS`";
  if (isNumeric(from) && to.kind === "date") return "`DATE_FROM_UNIX_DATE`";
  if (from.kind === "date" && isNumeric(to)) return "`UNIX_DATE`";
  return undefined;
}
