import {
  asBigint,
  asNumber,
  decimalOfIntegral,
  decimalType,
  doubleType,
  integerType,
  isFractional,
  isIntegral,
  longType,
  voidType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { floatText } from "../../cast/number-text.ts";
import { checkedDecimal } from "../../decimal/checked-decimal.ts";
import { boundedDecimal, decimalFromNumber, decimalToNumber, powerOfTen, rescale } from "../../decimal/decimal-value.ts";
import { divideRounding, roundAt, type RoundMode } from "../../decimal/round-mode.ts";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type { Argument, CallSite, Evaluator, Resolution, ResolutionSite, ScalarFunction } from "../../function/function-entry.ts";
import { callText, coerceTo, numeric } from "../../function/signature.ts";

const math = family("math");

/** The digits behind the point that the second argument asks for. @throws DATATYPE_MISMATCH.NON_FOLDABLE_INPUT */
function digitsOf(args: readonly Argument[], site: ResolutionSite): number {
  const [, scale] = args;
  if (scale === undefined || scale.constant?.value === null) return 0;
  if (scale.constant !== undefined) return Number(scale.constant.value);
  throw expressionErrors.create("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", {
    sqlExpr: callText(site.name, args),
    inputName: "`scale`",
    inputType: '"INT"',
    inputExpr: `"${scale.sql}"`,
  });
}

/** A decimal keeps at most its own digits behind the point and may need one more before it. */
function roundedType(type: DataType, digits: number): DataType {
  if (type.kind !== "decimal") return type;
  const whole = type.precision - type.scale + 1;
  if (digits < 0) return boundedDecimal(Math.max(whole, -digits + 1), 0);
  return boundedDecimal(whole + Math.min(type.scale, digits), Math.min(type.scale, digits));
}

function resolveRound(args: readonly Argument[], site: ResolutionSite): Resolution {
  const digits = digitsOf(args, site);
  const [first = voidType] = coerceTo([numeric(doubleType)], args.slice(0, 1), site);
  const type = first.kind === "void" ? doubleType : first;
  return { args: [type, ...args.slice(1).map(() => integerType)], dataType: roundedType(type, digits) };
}

function rounder(mode: RoundMode): (site: CallSite) => Evaluator {
  return (site) => {
    const from = site.args[0]?.dataType ?? doubleType;
    const digits = Number(site.args[1]?.constant?.value ?? 0);
    const to = site.dataType;
    if (from.kind === "decimal" && to.kind === "decimal") {
      return (value) =>
        checkedDecimal(rescale(roundAt(asBigint(value), from.scale, digits, mode), from.scale, to.scale), to, site.mode === "ansi");
    }
    if (isFractional(from)) return (value) => roundDouble(asNumber(value), digits, mode, from.kind === "float");
    return (value) => roundInteger(value ?? null, digits, mode, from, site);
  };
}

function roundDouble(value: number, digits: number, mode: RoundMode, single: boolean): number {
  const exact = decimalFromNumber(single ? Number(floatText(value)) : value);
  if (exact === undefined || digits >= exact.scale) return value;
  const rounded = roundAt(exact.unscaled, exact.scale, digits, mode);
  const result = decimalToNumber(rounded, exact.scale);
  return single ? Math.fround(result) : result;
}

const integerBits: Readonly<Partial<Record<DataType["kind"], number>>> = { byte: 8, short: 16, integer: 32, long: 64 };

/** @throws ARITHMETIC_OVERFLOW */
function roundInteger(value: SQLValue, digits: number, mode: RoundMode, type: DataType, site: CallSite): SQLValue {
  if (digits >= 0) return value;
  const whole = typeof value === "bigint" ? value : BigInt(asNumber(value));
  const rounded = divideRounding(whole, -digits, mode) * powerOfTen(-digits);
  const wrapped = BigInt.asIntN(integerBits[type.kind] ?? 64, rounded);
  if (wrapped !== rounded && site.mode === "ansi")
    throw expressionErrors.create("ARITHMETIC_OVERFLOW", { message: "Overflow", alternative: "", config: '"spark.sql.ansi.enabled"' });
  return type.kind === "long" ? wrapped : Number(wrapped);
}

/** One argument: to BIGINT, or a decimal without digits behind the point. Two: as ROUND, numbers becoming decimals. */
function resolveWhole(args: readonly Argument[], site: ResolutionSite): Resolution {
  const [type = voidType] = coerceTo([numeric(doubleType)], args.slice(0, 1), site);
  if (args.length === 1) {
    if (type.kind === "decimal")
      return { args: [type], dataType: type.scale === 0 ? type : boundedDecimal(type.precision - type.scale + 1, 0) };
    return { args: [isIntegral(type) ? longType : doubleType], dataType: longType };
  }
  const digits = digitsOf(args, site);
  const decimal =
    type.kind === "decimal" ? type : type.kind === "float" ? decimalType(14, 7) : (decimalOfIntegral(type) ?? decimalType(30, 15));
  return { args: [decimal, integerType], dataType: roundedType(decimal, digits) };
}

function whole(name: string, aliases: readonly string[], doc: string, mode: RoundMode): ScalarFunction {
  const round = rounder(mode);
  return math(
    name,
    doc,
    [],
    longType,
    (site) => {
      const from = site.args[0]?.dataType ?? doubleType;
      if (from.kind === "decimal") return round(site);
      if (from.kind === "long") return (value) => value ?? null;
      const cut = mode === "ceiling" ? Math.ceil : Math.floor;
      return (value) => saturated(cut(asNumber(value)));
    },
    {
      aliases,
      arity: [1, 2],
      resolve: resolveWhole,
      sql: (args, written) => `${args.length === 1 && written !== "ceiling" ? written.toUpperCase() : written}(${args.join(", ")})`,
    },
  );
}

function saturated(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  return value >= 2 ** 63 ? 2n ** 63n - 1n : value < -(2 ** 63) ? -(2n ** 63n) : BigInt(value);
}

/** Functions that cut digits off. */
export const roundFunctions: readonly ScalarFunction[] = [
  math("round", "The number with so many digits behind the point, halves away from zero.", [], doubleType, rounder("half-up"), {
    arity: [1, 2],
    resolve: resolveRound,
    sql: ([value = "", scale = "0"]) => `round(${value}, ${scale})`,
  }),
  math("bround", "The number with so many digits behind the point, halves to the even digit.", [], doubleType, rounder("half-even"), {
    arity: [1, 2],
    resolve: resolveRound,
    sql: ([value = "", scale = "0"]) => `bround(${value}, ${scale})`,
  }),
  whole("ceil", ["ceiling"], "The least number that is not less, whole or with so many digits.", "ceiling"),
  whole("floor", [], "The greatest number that is not greater, whole or with so many digits.", "floor"),
];
