import { booleanType, doubleType, floatType, integerType, sqlType, type DataType, voidType } from "@vonk/columnar/internal";
import { widestType } from "../coercion/wider-type.ts";
import { expressionErrors } from "../errors.ts";
import type { Argument, Resolution, ResolutionSite, RowFunction, ScalarFunction } from "../function/function-entry.ts";
import { callText } from "../function/signature.ts";
import { comparison } from "../order/compare-values.ts";

/** The type of values that stand for one another. @throws DATATYPE_MISMATCH.DATA_DIFF_TYPES */
function commonType(values: readonly Argument[], all: readonly Argument[], site: ResolutionSite): DataType {
  const common = widestType(
    values.map((value) => value.dataType),
    site,
  );
  if (common !== undefined) return common;
  throw expressionErrors.create("DATATYPE_MISMATCH.DATA_DIFF_TYPES", {
    sqlExpr: callText(site.name, all),
    functionName: `\`${site.name}\``,
    dataType: `(${values.map((value) => `"${sqlType(value.dataType)}"`).join(" or ")})`,
  });
}

function resolveSame(args: readonly Argument[], site: ResolutionSite): Resolution {
  const common = commonType(args, args, site);
  return { args: args.map(() => common), dataType: common };
}

const coalesce: ScalarFunction = {
  kind: "scalar",
  name: "coalesce",
  group: "conditional",
  doc: "The first argument that is not null.",
  arity: [1, Infinity],
  nulls: "handled",
  resolve: (args, site) => ({ ...resolveSame(args, site), nullable: args.every((argument) => argument.nullable) }),
  compile: (args) => (row) => {
    for (const argument of args) {
      const value = argument(row);
      if (value !== null) return value;
    }
    return null;
  },
};

const otherwise: RowFunction = () => null;

function choose(test: RowFunction, then: RowFunction, other: RowFunction): RowFunction {
  return (row) => (test(row) === true ? then(row) : other(row));
}

const condition: ScalarFunction = {
  kind: "scalar",
  name: "if",
  group: "conditional",
  doc: "The second argument when the first is true, else the third.",
  arity: [3, 3],
  nulls: "handled",
  resolve: (args, site) => {
    const common = commonType(args.slice(1), args, site);
    return { args: [booleanType, common, common], dataType: common, nullable: args.slice(1).some((argument) => argument.nullable) };
  },
  compile: ([test = otherwise, then = otherwise, other = otherwise]) => choose(test, then, other),
  sql: ([test = "", then = "", other = ""]) => `(IF(${test}, ${then}, ${other}))`,
};

const nullif: ScalarFunction = {
  kind: "scalar",
  name: "nullif",
  group: "conditional",
  doc: "The first argument, or null when it equals the second.",
  arity: [2, 2],
  nulls: "handled",
  resolve: (args, site) => {
    const common = commonType(args, args, site);
    return { args: [common, common], dataType: common, nullable: true };
  },
  compile: ([left = otherwise, right = otherwise], site) => {
    const compare = comparison(site.args[0]?.dataType ?? voidType);
    return (row) => {
      const value = left(row);
      const other = right(row);
      return value === null || (other !== null && compare(value, other) === 0) ? null : value;
    };
  },
};

const nvl2: ScalarFunction = {
  kind: "scalar",
  name: "nvl2",
  group: "conditional",
  doc: "The second argument when the first is not null, else the third.",
  arity: [3, 3],
  nulls: "handled",
  resolve: (args, site) => {
    const common = commonType(args.slice(1), args, site);
    return {
      args: [args[0]?.dataType ?? voidType, common, common],
      dataType: common,
      nullable: args.slice(1).some((argument) => argument.nullable),
    };
  },
  compile:
    ([test = otherwise, then = otherwise, other = otherwise]) =>
    (row) =>
      test(row) === null ? other(row) : then(row),
};

const nullifzero: ScalarFunction = {
  kind: "scalar",
  name: "nullifzero",
  group: "conditional",
  doc: "The number, or null when it is 0.",
  arity: [1, 1],
  nulls: "propagate",
  resolve: (args, site) => {
    const common = commonType([...args, zero], args, site);
    return { args: [common], dataType: common, nullable: true };
  },
  evaluator:
    () =>
    (value = null) =>
      Number(value) === 0 ? null : value,
};

const zero: Argument = { dataType: integerType, nullable: false, sql: "0" };

const zeroifnull: ScalarFunction = {
  ...nullifzero,
  name: "zeroifnull",
  doc: "The number, or 0 when it is null.",
  nulls: "handled",
  resolve: (args, site) => {
    const common = commonType([...args, zero], args, site);
    return { args: [common], dataType: common, nullable: false };
  },
  evaluator: (site) => {
    const nothing = site.dataType.kind === "long" || site.dataType.kind === "decimal" ? 0n : 0;
    return (value = null) => value ?? nothing;
  },
};

const nanvl: ScalarFunction = {
  ...nullifzero,
  name: "nanvl",
  doc: "The first number, or the second when it is not a number.",
  arity: [2, 2],
  nulls: "handled",
  resolve: (args) => {
    const type = args.every((argument) => argument.dataType.kind === "float") ? floatType : doubleType;
    return { args: [type, type], dataType: type };
  },
  evaluator:
    () =>
    (value = null, other = null) =>
      value !== null && Number.isNaN(Number(value)) ? other : value,
};

/** Forms that choose between values. */
export const conditionalFunctions: readonly ScalarFunction[] = [
  nullifzero,
  zeroifnull,
  nanvl,
  coalesce,
  { ...coalesce, name: "nvl", aliases: ["ifnull"], doc: "The first argument, or the second when it is null.", arity: [2, 2] },
  condition,
  nullif,
  nvl2,
];
