import {
  asBigint,
  asNumber,
  booleanType,
  dayTimeIntervalType,
  decimalType,
  doubleType,
  isIntegral,
  isNumeric,
  isOrderable,
  longType,
  sqlType,
  voidType,
  yearMonthIntervalType,
  type DataType,
  type DecimalType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { boundedDecimal, cappedDecimal, divideHalfUp, powerOfTen } from "../decimal/decimal-value.ts";
import { expressionErrors } from "../errors.ts";
import type {
  AggregateFunction,
  AggregateInstance,
  AggregateState,
  Argument,
  CallSite,
  Resolution,
  ResolutionSite,
} from "../function/function-entry.ts";
import { callText } from "../function/signature.ts";
import { comparison } from "../order/compare-values.ts";
import { checkedDecimal } from "../decimal/checked-decimal.ts";

function aggregate(
  name: string,
  doc: string,
  more: Pick<AggregateFunction, "resolve" | "instance"> & Partial<AggregateFunction>,
): AggregateFunction {
  return { kind: "aggregate", name, doc, group: "aggregate", arity: [1, 1], skipsNulls: true, ...more };
}

/** The type of a sum: integers as BIGINT, decimals with ten digits more. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function resolveSum(args: readonly Argument[], site: ResolutionSite): Resolution {
  const type = args[0]?.dataType ?? voidType;
  if (type.kind === "decimal") return { args: [type], dataType: cappedDecimal(type.precision + 10, type.scale), nullable: true };
  if (isIntegral(type)) return { args: [type], dataType: longType, nullable: true };
  if (isNumeric(type) || type.kind === "string" || type.kind === "void")
    return { args: [doubleType], dataType: doubleType, nullable: true };
  if (type.kind === "year-month-interval" || type.kind === "day-time-interval") return { args: [type], dataType: type, nullable: true };
  throw expressionErrors.create("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", {
    sqlExpr: callText(site.name, args),
    paramIndex: "first",
    requiredType: '"NUMERIC" or "ANSI INTERVAL"',
    inputSql: `"${args[0]?.sql ?? ""}"`,
    inputType: `"${sqlType(type)}"`,
  });
}

/** Sums of decimals are exact whatever their size and are checked at the end, as the type of the sum is. */
function sumInstance(site: CallSite): AggregateInstance {
  const result = site.dataType;
  const wide = result.kind === "decimal" ? decimalType(38, result.scale) : result;
  const add = (state: AggregateState, value: SQLValue): void => {
    const [sum = null] = state;
    if (state[1] === true) return;
    if (sum === null) state[0] = isIntegral(result) && typeof value === "number" ? BigInt(value) : value;
    else if (result.kind === "year-month-interval" || result.kind === "day-time-interval") state[0] = addIntervals(sum, value, site);
    else if (typeof sum === "bigint")
      state[0] = checkedSum(sum + (typeof value === "number" ? BigInt(value) : asBigint(value)), result, site);
    else state[0] = Number(sum) + Number(value);
    // A sum that overflowed stays null, whatever comes.
    if (state[0] === null) state[1] = true;
  };
  return {
    stateTypes: [wide, booleanType],
    create: () => [null, false],
    update: (state, [value = null]) => add(state, value),
    merge: (state, [other = null, overflowed = false]) => {
      if (other !== null) add(state, other);
      if (overflowed === true) [state[0], state[1]] = [null, true];
    },
    finish: ([sum = null]) => {
      if (typeof sum === "bigint" && result.kind === "decimal") return checkedDecimal(sum, result, site.mode === "ansi");
      return sum;
    },
  };
}

/** @throws INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION */
function addIntervals(a: SQLValue, b: SQLValue, site: CallSite): SQLValue {
  const months = typeof a === "number";
  const total = months ? BigInt(a) + BigInt(asNumber(b)) : asBigint(a) + asBigint(b);
  if (BigInt.asIntN(months ? 32 : 64, total) === total) return months ? Number(total) : total;
  if (site.mode === "try") return null;
  throw expressionErrors.create("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", { functionName: `\`try_${site.name}\`` });
}

function checkedSum(sum: bigint, type: DataType, site: CallSite): bigint | null {
  if (type.kind !== "long") return sum;
  const wrapped = BigInt.asIntN(64, sum);
  if (wrapped === sum || site.mode === "legacy") return wrapped;
  if (site.mode === "try") return null;
  throw expressionErrors.create("ARITHMETIC_OVERFLOW", {
    message: "long overflow",
    alternative: " Use 'try_sum' to tolerate overflow and return NULL instead.",
    config: '"spark.sql.ansi.enabled"',
  });
}

function resolveAverage(args: readonly Argument[], site: ResolutionSite): Resolution {
  const type = args[0]?.dataType ?? voidType;
  if (type.kind === "decimal") return { args: [type], dataType: boundedDecimal(type.precision + 4, type.scale + 4), nullable: true };
  const sum = resolveSum(args, site);
  if (type.kind === "year-month-interval") return { args: [type], dataType: yearMonthIntervalType(), nullable: true };
  if (type.kind === "day-time-interval") return { args: [type], dataType: dayTimeIntervalType(), nullable: true };
  return isNumeric(sum.dataType) ? { args: [doubleType], dataType: doubleType, nullable: true } : sum;
}

/** The sum of intervals, divided in the end. */
function intervalAverage(site: CallSite): AggregateInstance {
  const sums = sumInstance(site);
  return {
    stateTypes: [...sums.stateTypes, longType],
    create: () => [...sums.create(), 0n],
    update: (state, args) => {
      sums.update(state, args);
      state[2] = asBigint(state[2]) + 1n;
    },
    merge: (state, other) => {
      sums.merge(state, other);
      state[2] = asBigint(state[2]) + asBigint(other[2]);
    },
    finish: ([sum = null, , count]) => {
      if (sum === null) return null;
      const mean = divideHalfUp(typeof sum === "number" ? BigInt(sum) : asBigint(sum), asBigint(count));
      return typeof sum === "number" ? Number(mean) : mean;
    },
  };
}

function averageInstance(site: CallSite): AggregateInstance {
  if (site.dataType.kind === "year-month-interval" || site.dataType.kind === "day-time-interval") return intervalAverage(site);
  const input = site.args[0]?.dataType ?? doubleType;
  const decimal = input.kind === "decimal" ? input : undefined;
  return {
    stateTypes: [decimal === undefined ? doubleType : decimalType(38, decimal.scale), longType],
    create: () => [decimal === undefined ? 0 : 0n, 0n],
    update: (state, [value = null]) => addToAverage(state, value, 1n),
    merge: (state, [sum = null, count = 0n]) => addToAverage(state, sum, typeof count === "bigint" ? count : 0n),
    finish: ([sum = null, count = 0n]) => {
      if (count === 0n || typeof count !== "bigint") return null;
      if (decimal === undefined || typeof sum !== "bigint") return Number(sum) / Number(count);
      return averageOfDecimals(sum, count, decimal, site);
    },
  };
}

function addToAverage(state: AggregateState, value: SQLValue, count: bigint): void {
  const [sum = 0, seen = 0n] = state;
  state[0] = typeof sum === "bigint" && typeof value === "bigint" ? sum + value : Number(sum) + Number(value);
  state[1] = (typeof seen === "bigint" ? seen : 0n) + count;
}

/** Spark divides sum by count as decimals: the quotient has its own scale and is rounded to the average's afterwards. */
function averageOfDecimals(sum: bigint, count: bigint, input: DecimalType, site: CallSite): bigint | null {
  const result = site.dataType.kind === "decimal" ? site.dataType : decimalType(38, input.scale);
  const value = divideHalfUp(sum * powerOfTen(result.scale - input.scale), count);
  return checkedDecimal(value, result, site.mode === "ansi");
}

/** @throws DATATYPE_MISMATCH.INVALID_ORDERING_TYPE */
function resolveExtreme(args: readonly Argument[], site: ResolutionSite): Resolution {
  const type = args[0]?.dataType ?? voidType;
  if (isOrderable(type)) return { args: [type], dataType: type, nullable: true };
  throw expressionErrors.create("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", {
    sqlExpr: callText(site.name, args),
    functionName: `\`${site.name}\``,
    dataType: `"${sqlType(type)}"`,
  });
}

function extreme(name: string, doc: string, sign: 1 | -1): AggregateFunction {
  return aggregate(name, doc, {
    resolve: resolveExtreme,
    instance: (site) => {
      const compare = comparison(site.dataType);
      const take = (state: AggregateState, value: SQLValue): void => {
        const [best = null] = state;
        if (value !== null && (best === null || sign * compare(value, best) > 0)) state[0] = value;
      };
      return {
        stateTypes: [site.dataType],
        create: () => [null],
        update: (state, [value = null]) => take(state, value),
        merge: (state, [value = null]) => take(state, value),
        finish: ([best = null]) => best,
      };
    },
  });
}

/** `count(a, b)` counts rows in which none is null; `count(*)` has a constant for argument. */
const count = aggregate("count", "How many rows, or how many in which no argument is null.", {
  arity: [0, Infinity],
  resolve: (args) => ({ args: args.map((argument) => argument.dataType), dataType: longType, nullable: false }),
  instance: () => ({
    stateTypes: [longType],
    create: () => [0n],
    update: (state) => addCount(state, 1n),
    merge: (state, [other = 0n]) => addCount(state, typeof other === "bigint" ? other : 0n),
    finish: ([counted = 0n]) => counted,
  }),
});

function addCount(state: AggregateState, more: bigint): void {
  const [counted] = state;
  state[0] = (typeof counted === "bigint" ? counted : 0n) + more;
}

/** The first or last value; with a second argument, or IGNORE NULLS, the first that is not null. */
function atEnd(name: string, doc: string, aliases: readonly string[], last: boolean): AggregateFunction {
  return aggregate(name, doc, {
    aliases,
    arity: [1, 2],
    skipsNulls: false,
    ordered: true,
    resolve: ([value, ignore]) => ({
      args: [value?.dataType ?? voidType, ...(ignore === undefined ? [] : [booleanType])],
      dataType: value?.dataType ?? voidType,
      nullable: true,
    }),
    instance: (site) => {
      const ignoring = site.ignoreNulls === true || site.args[1]?.constant?.value === true;
      const take = (state: AggregateState, value: SQLValue): void => {
        if ((ignoring && value === null) || (!last && state[1] === true)) return;
        state[0] = value;
        state[1] = true;
      };
      return {
        stateTypes: [site.dataType, booleanType],
        create: () => [null, false],
        update: (state, [value = null]) => take(state, value),
        merge: (state, [value = null, seen = false]) => {
          if (seen === true) take(state, value);
        },
        finish: ([value = null]) => value,
      };
    },
  });
}

const sum = aggregate("sum", "The sum of the values that are not null.", { resolve: resolveSum, instance: sumInstance });
const average = aggregate("avg", "The mean of the values that are not null.", {
  aliases: ["mean"],
  resolve: resolveAverage,
  instance: averageInstance,
});

/** The aggregate functions that almost every query uses. */
export const basicAggregates: readonly AggregateFunction[] = [
  sum,
  average,
  {
    ...sum,
    name: "try_sum",
    doc: "The sum of the values that are not null; null when it overflows.",
    instance: (site) => sumInstance({ ...site, mode: "try" }),
  },
  {
    ...average,
    name: "try_avg",
    aliases: [],
    doc: "The mean; null when it overflows.",
    instance: (site) => averageInstance({ ...site, mode: "try" }),
  },
  extreme("max", "The greatest value.", 1),
  extreme("min", "The least value.", -1),
  count,
  atEnd("first", "The first value.", ["first_value", "any_value"], false),
  atEnd("last", "The last value.", ["last_value"], true),
];
