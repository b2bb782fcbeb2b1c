import { booleanType, isAnsiInterval, isOrderable, sqlType, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { widerType, widestType } from "../coercion/wider-type.ts";
import { expressionErrors } from "../errors.ts";
import type { Argument, CallSite, Resolution, ResolutionSite, RowFunction, ScalarFunction } from "../function/function-entry.ts";
import { callText, exactly, signature } from "../function/signature.ts";
import { comparison } from "../order/compare-values.ts";

/** @throws DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES, DATATYPE_MISMATCH.INVALID_ORDERING_TYPE */
function resolveComparison(args: readonly Argument[], site: ResolutionSite): Resolution {
  const [left, right] = args;
  if (left === undefined || right === undefined) return { args: [], dataType: booleanType };
  const common = comparisonType(left, right, site);
  const sqlExpr = (): string => `"(${left.sql} ${site.name} ${right.sql})"`;
  if (common === undefined) {
    throw expressionErrors.create("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", {
      sqlExpr: sqlExpr(),
      left: `"${sqlType(left.dataType)}"`,
      right: `"${sqlType(right.dataType)}"`,
    });
  }
  if (!isOrderable(common)) {
    throw expressionErrors.create("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", {
      sqlExpr: sqlExpr(),
      functionName: `\`${site.name}\``,
      dataType: `"${sqlType(common)}"`,
    });
  }
  return { args: [common, common], dataType: booleanType, ...(site.name === "<=>" ? { nullable: false } : {}) };
}

function comparisonType(left: Argument, right: Argument, site: ResolutionSite): DataType | undefined {
  const [a, b] = [left.dataType, right.dataType];
  // Which fields a text would be read by is not known.
  if ((a.kind === "string" && isAnsiInterval(b)) || (b.kind === "string" && isAnsiInterval(a))) return undefined;
  // Without ANSI a text beside a number or a date becomes that, not the other way round.
  if (!site.ansi && a.kind === "string" && b.kind !== "string") return b;
  if (!site.ansi && b.kind === "string" && a.kind !== "string") return a;
  return widerType(a, b, site);
}

const tests: Readonly<Record<string, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

function comparisonFunction(name: string, doc: string, aliases: readonly string[] = []): ScalarFunction {
  return {
    kind: "scalar",
    name,
    aliases,
    group: "predicate",
    doc,
    arity: [2, 2],
    nulls: name === "<=>" ? "handled" : "propagate",
    resolve: resolveComparison,
    evaluator: (site) => {
      const compare = comparison(site.args[0]?.dataType ?? booleanType);
      if (name === "<=>") return (a = null, b = null) => (a === null || b === null ? a === b : compare(a, b) === 0);
      const test = tests[name] ?? (() => false);
      return (a = null, b = null) => test(compare(a, b));
    },
    sql: (args) => `(${args.join(` ${name} `)})`,
  };
}

const isTrue = (value: SQLValue): boolean => value === true;

/** AND and OR do not evaluate the right side when the left decides. */
function connective(name: "and" | "or", deciding: boolean): ScalarFunction {
  return {
    kind: "scalar",
    name,
    group: "predicate",
    doc: name === "and" ? "True when both are true." : "True when one is true.",
    arity: [2, 2],
    nulls: "handled",
    resolve: (args, site) => ({ ...signature([exactly(booleanType)], booleanType)(args, site) }),
    compile: ([left, right]) => {
      if (left === undefined || right === undefined) return () => null;
      return (row) => {
        const first = left(row);
        if (first === deciding) return deciding;
        const second = right(row);
        if (second === deciding) return deciding;
        return first === null || second === null ? null : !deciding;
      };
    },
    sql: (args) => `(${args.join(` ${name.toUpperCase()} `)})`,
  };
}

/** @throws DATATYPE_MISMATCH.DATA_DIFF_TYPES */
function resolveIn(args: readonly Argument[], site: ResolutionSite): Resolution {
  const common = widestType(
    args.map((argument) => argument.dataType),
    site,
  );
  if (common === undefined) {
    throw expressionErrors.create("DATATYPE_MISMATCH.DATA_DIFF_TYPES", {
      sqlExpr: `"(${args[0]?.sql ?? ""} IN (${args
        .slice(1)
        .map((argument) => argument.sql)
        .join(", ")}))"`,
      functionName: "`in`",
      dataType: `[${args.map((argument) => `"${sqlType(argument.dataType)}"`).join(", ")}]`,
    });
  }
  return { args: args.map(() => common), dataType: booleanType };
}

function compileIn([needle, ...list]: readonly RowFunction[], site: CallSite): RowFunction {
  const compare = comparison(site.args[0]?.dataType ?? booleanType);
  if (needle === undefined) return () => null;
  return (row) => {
    const value = needle(row);
    if (value === null) return null;
    let unknown = false;
    for (const item of list) {
      const other = item(row);
      if (other === null) unknown = true;
      else if (compare(value, other) === 0) return true;
    }
    return unknown ? null : false;
  };
}

function nullTest(name: string, doc: string, test: (value: SQLValue) => boolean, sql: (arg: string) => string): ScalarFunction {
  return {
    kind: "scalar",
    name,
    group: "predicate",
    doc,
    arity: [1, 1],
    nulls: "handled",
    resolve: (args) => ({ args: args.map((argument) => argument.dataType), dataType: booleanType, nullable: false }),
    evaluator:
      () =>
      (value = null) =>
        test(value),
    sql: ([arg = ""]) => sql(arg),
  };
}

/** `value BETWEEN low AND high`: both ends belong to it. The value is evaluated once. */
const between: ScalarFunction = {
  kind: "scalar",
  name: "between",
  group: "predicate",
  doc: "True when the value is neither below the one nor above the other.",
  arity: [3, 3],
  nulls: "handled",
  resolve: (args, site) => {
    const common = widestType(
      args.map((argument) => argument.dataType),
      site,
    );
    if (common !== undefined) return { args: args.map(() => common), dataType: booleanType };
    throw expressionErrors.create("DATATYPE_MISMATCH.DATA_DIFF_TYPES", {
      sqlExpr: callText("between", args),
      functionName: "`between`",
      dataType: `[${args.map((argument) => `"${sqlType(argument.dataType)}"`).join(", ")}]`,
    });
  },
  evaluator: (site) => {
    const compare = comparison(site.args[0]?.dataType ?? booleanType);
    return (value = null, low = null, high = null) => {
      if (value === null) return null;
      const above = low === null ? null : compare(value, low) >= 0;
      const below = high === null ? null : compare(value, high) <= 0;
      if (above === false || below === false) return false;
      return above === null || below === null ? null : true;
    };
  },
  sql: ([value = "", low = "", high = ""]) => `between(${value}, ${low}, ${high})`,
};

/** Comparisons, logic and tests for null. */
export const predicateFunctions: readonly ScalarFunction[] = [
  comparisonFunction("=", "True when both are equal.", ["=="]),
  comparisonFunction("<=>", "True when both are equal or both are null; never null.", ["equal_null"]),
  comparisonFunction("<", "True when the left is less."),
  comparisonFunction("<=", "True when the left is not greater."),
  comparisonFunction(">", "True when the left is greater."),
  comparisonFunction(">=", "True when the left is not less."),
  connective("and", false),
  connective("or", true),
  {
    kind: "scalar",
    name: "not",
    aliases: ["!"],
    group: "predicate",
    doc: "The opposite.",
    arity: [1, 1],
    nulls: "propagate",
    resolve: signature([exactly(booleanType)], booleanType),
    evaluator:
      () =>
      (value = null) =>
        !isTrue(value),
    sql: ([arg = ""]) => `(NOT ${arg})`,
  },
  {
    kind: "scalar",
    name: "in",
    group: "predicate",
    doc: "True when the first equals one of the others; null when it equals none and one of them is null.",
    arity: [1, Infinity],
    nulls: "handled",
    resolve: resolveIn,
    compile: compileIn,
    sql: ([value = "", ...list]) => `(${value} IN (${list.join(", ")}))`,
  },
  between,
  nullTest(
    "isnull",
    "True when the value is null.",
    (value) => value === null,
    (arg) => `(${arg} IS NULL)`,
  ),
  nullTest(
    "isnotnull",
    "True when the value is not null.",
    (value) => value !== null,
    (arg) => `(${arg} IS NOT NULL)`,
  ),
];
