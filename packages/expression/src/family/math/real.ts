import { asNumber, doubleType, isAnsiInterval, type DataType } from "@vonk/columnar/internal";
import { family } from "../../function/family.ts";
import type { ScalarFunction } from "../../function/function-entry.ts";
import { oneOf, type Parameter } from "../../function/signature.ts";

const math = family("math");

/** DOUBLE of any number. */
export const double: Parameter = oneOf(doubleType);

/** Functions that Spark's column names have in capitals, however they are written. */
const shownInCapitals: ReadonlySet<string> = new Set(["exp", "cot", "sec", "csc"]);

function real(name: string, doc: string, compute: (value: number) => number, aliases: readonly string[] = []): ScalarFunction {
  const shown = shownInCapitals.has(name) ? name.toUpperCase() : name;
  return math(name, doc, [double], doubleType, () => (value) => compute(asNumber(value)), {
    aliases,
    ...(shown === name ? {} : { sql: (args) => `${shown}(${args.join(", ")})` }),
  });
}

/** Null where the logarithm has no value. */
function logarithm(name: string, doc: string, least: number, compute: (value: number) => number): ScalarFunction {
  return math(name, doc, [double], doubleType, () => (value) => (asNumber(value) <= least ? null : compute(asNumber(value))), {
    resolve: (args, site) => ({ ...math("", "", [double], doubleType, () => () => null).resolve(args, site), nullable: true }),
  });
}

/** To the nearest whole number, halves to the even one. */
function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? (floor === 0 && value < 0 ? -0 : floor) : floor + 1 === 0 ? -0 : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1 === 0 ? -0 : floor + 1;
}

/** Java's inverse hyperbolic sine, without loss of digits for negative numbers. */
function inverseSinh(value: number): number {
  return value === -Infinity ? value : Math.log(value + Math.sqrt(value * value + 1));
}

function sign(type: DataType | undefined): (value: unknown) => number {
  return type?.kind === "day-time-interval" ? (value) => Math.sign(Number(value)) : (value) => Math.sign(Number(value));
}

const signum = math(
  "signum",
  "-1.0, 0.0 or 1.0, as the number is.",
  [{ ...double, accepts: (type) => type.kind === "double" || isAnsiInterval(type) }],
  doubleType,
  (site) => sign(site.args[0]?.dataType),
  {
    aliases: ["sign"],
  },
);

/** Functions of real numbers, as Java's StrictMath has them. */
export const realFunctions: readonly ScalarFunction[] = [
  real("sqrt", "The square root.", Math.sqrt),
  real("cbrt", "The cube root.", Math.cbrt),
  real("exp", "e to that power.", Math.exp),
  real("expm1", "e to that power, less one.", Math.expm1),
  real("sin", "The sine.", Math.sin),
  real("cos", "The cosine.", Math.cos),
  real("tan", "The tangent.", Math.tan),
  real("cot", "The cotangent.", (value) => 1 / Math.tan(value)),
  real("sec", "The secant.", (value) => 1 / Math.cos(value)),
  real("csc", "The cosecant.", (value) => 1 / Math.sin(value)),
  real("asin", "The angle of that sine.", Math.asin),
  real("acos", "The angle of that cosine.", Math.acos),
  real("atan", "The angle of that tangent.", Math.atan),
  real("sinh", "The hyperbolic sine.", Math.sinh),
  real("cosh", "The hyperbolic cosine.", Math.cosh),
  real("tanh", "The hyperbolic tangent.", Math.tanh),
  real("asinh", "The inverse of sinh.", inverseSinh),
  real("acosh", "The inverse of cosh.", (value) => Math.log(value + Math.sqrt(value * value - 1))),
  real("atanh", "The inverse of tanh.", (value) => 0.5 * (Math.log1p(value) - Math.log1p(-value))),
  real("degrees", "Radians as degrees.", (value) => value * (180 / Math.PI)),
  real("radians", "Degrees as radians.", (value) => (value / 180) * Math.PI),
  real("rint", "The nearest whole number, halves to the even one.", roundToEven),
  signum,
  logarithm("ln", "The natural logarithm.", 0, Math.log),
  logarithm("log10", "The logarithm to base 10.", 0, Math.log10),
  logarithm("log2", "The logarithm to base 2.", 0, Math.log2),
  logarithm("log1p", "The natural logarithm of one more.", -1, Math.log1p),
  math(
    "log",
    "The logarithm to a base, or the natural one.",
    [double, double],
    doubleType,
    () => (base, value) => {
      if (value === undefined) return asNumber(base) <= 0 ? null : Math.log(asNumber(base));
      return asNumber(base) <= 0 || asNumber(value) <= 0 ? null : Math.log(asNumber(value)) / Math.log(asNumber(base));
    },
    {
      arity: [1, 2],
      resolve: (args) => ({ args: args.map(() => doubleType), dataType: doubleType, nullable: true }),
      sql: (args) => (args.length === 1 ? `LOG(E(), ${args.join("")})` : `LOG(${args.join(", ")})`),
    },
  ),
  math(
    "power",
    "The first to the power of the second.",
    [double, double],
    doubleType,
    () => (base, exponent) => Math.pow(asNumber(base), asNumber(exponent)),
    {
      aliases: ["pow"],
      sql: (args, name) => `${name === "pow" ? "pow" : "POWER"}(${args.join(", ")})`,
    },
  ),
  math("atan2", "The angle of a point.", [double, double], doubleType, () => (y, x) => Math.atan2(asNumber(y) + 0, asNumber(x) + 0), {
    sql: (args) => `ATAN2(${args.join(", ")})`,
  }),
  math("hypot", "The length of the hypotenuse.", [double, double], doubleType, () => (a, b) => Math.hypot(asNumber(a), asNumber(b)), {
    sql: (args) => `HYPOT(${args.join(", ")})`,
  }),
  math("pi", "π.", [], doubleType, () => () => Math.PI, { sql: () => "PI()" }),
  math("e", "e.", [], doubleType, () => () => Math.E, { sql: () => "E()" }),
];
