import {
  decimalOfIntegral,
  decimalType,
  doubleType,
  isFractional,
  isIntegral,
  isNumeric,
  longType,
  sqlType,
  type DataType,
  type DecimalType,
} from "@vonk/columnar/internal";
import { checkedDecimal } from "../decimal/checked-decimal.ts";
import { decimalArithmeticType, decimalTypeOf, divideHalfUp, powerOfTen, rescale } from "../decimal/decimal-value.ts";
import { widerType } from "../coercion/wider-type.ts";
import { expressionErrors } from "../errors.ts";
import { datetimeOperator, resolveDatetimeOperator } from "./datetime/operator.ts";
import { tolerant } from "../function/family.ts";
import type { Argument, CallSite, Evaluator, Resolution, ResolutionSite, ScalarFunction } from "../function/function-entry.ts";

const ansiConfig = '"spark.sql.ansi.enabled"';

const integerBounds: Readonly<Partial<Record<DataType["kind"], number>>> = { byte: 2 ** 7, short: 2 ** 15, integer: 2 ** 31 };

/** The type in which both operands are taken, and for decimals each in its own. @throws DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES */
function resolveArithmetic(args: readonly Argument[], site: ResolutionSite): Resolution {
  const [left, right] = args;
  if (left === undefined || right === undefined) return { args: [], dataType: doubleType };
  const datetime = resolveDatetimeOperator(args, site);
  if (datetime !== undefined) return datetime;
  const a = asDecimalOperand(left, right);
  const b = asDecimalOperand(right, left);
  if (a?.kind === "decimal" && b?.kind === "decimal") {
    return { args: [a, b], dataType: site.name === "div" ? longType : decimalArithmeticType(site.name, a, b), ...division(site, args) };
  }
  const common = widerType(left.dataType, right.dataType, site);
  const type = common?.kind === "void" || (common?.kind === "string" && !site.ansi) ? doubleType : common;
  // Under ANSI a text becomes what the other operand is, so the two are of one type, be it none to compute with.
  const kinds = [left.dataType.kind, right.dataType.kind];
  const hasText = site.ansi && kinds.includes("string") && !kinds.some((kind) => kind.endsWith("interval"));
  const different = type !== undefined && !isNumeric(type) && left.dataType.kind !== right.dataType.kind && !hasText;
  if (type === undefined || different) {
    throw expressionErrors.create("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", {
      sqlExpr: operationText(left, right, site),
      left: `"${sqlType(left.dataType)}"`,
      right: `"${sqlType(right.dataType)}"`,
    });
  }
  if (!isNumeric(type)) {
    throw expressionErrors.create("DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", {
      sqlExpr: operationText(left, right, site),
      inputType: operandTypes[site.name] ?? '"NUMERIC"',
      actualDataType: `"${sqlType(type)}"`,
    });
  }
  if (site.name === "/") return { args: [doubleType, doubleType], dataType: doubleType, ...division(site, args) };
  if (site.name === "div") return { args: [longType, longType], dataType: longType, ...division(site, args) };
  return { args: [type, type], dataType: type, ...division(site, args) };
}

const summands = '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")';

/** What operators take, as errors tell it. */
const operandTypes: Readonly<Record<string, string>> = { "+": summands, "-": summands, "/": '("DOUBLE" or "DECIMAL")' };

function operationText(left: Argument, right: Argument, { name }: ResolutionSite): string {
  const named = /^\w+$/.test(name) && name !== "div";
  return named ? `"${name}(${left.sql}, ${right.sql})"` : `"(${left.sql} ${name} ${right.sql})"`;
}

/** Without ANSI a division by zero is null. */
function division(site: ResolutionSite, args: readonly Argument[]): { readonly nullable?: boolean } {
  const divides = site.name === "/" || site.name === "%" || site.name === "div" || site.name === "pmod";
  return divides && site.mode !== "ansi"
    ? { nullable: true }
    : { nullable: args.some((argument) => argument.nullable) || site.mode !== "ansi" };
}

/** An operand beside a decimal: integers become decimals, constants of just as many digits as they have. */
function asDecimalOperand(operand: Argument, other: Argument): DataType | undefined {
  const type = operand.dataType;
  if (type.kind === "decimal") return isIntegral(other.dataType) || other.dataType.kind === "decimal" ? type : undefined;
  if (other.dataType.kind !== "decimal" || !isIntegral(type)) return undefined;
  const constant = operand.constant?.value;
  if (typeof constant === "number" || typeof constant === "bigint") return decimalTypeOf(BigInt(constant), 0);
  return decimalOfIntegral(type);
}

function overflow(site: CallSite, type: DataType): never {
  const names: Record<string, string> = { "+": "try_add", "-": "try_subtract", "*": "try_multiply" };
  const instead = names[site.name];
  throw expressionErrors.create("ARITHMETIC_OVERFLOW", {
    message:
      type.kind === "long" ? "long overflow" : type.kind === "integer" ? "integer overflow" : `${sqlType(type).toLowerCase()} overflow`,
    alternative: instead === undefined ? "" : ` Use '${instead}' to tolerate overflow and return NULL instead.`,
    config: ansiConfig,
  });
}

type Operation<T> = (a: T, b: T) => T;

const numberOperations: Readonly<Record<string, Operation<number>>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  pmod: (a, b) => positive(a % b, b),
};

const bigintOperations: Readonly<Record<string, Operation<bigint>>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "%": (a, b) => a % b,
  div: (a, b) => a / b,
  pmod: (a, b) => {
    const remainder = a % b;
    return remainder < 0n ? (remainder + b) % b : remainder;
  },
};

function positive(remainder: number, divisor: number): number {
  return remainder < 0 ? (remainder + divisor) % divisor : remainder;
}

function operation<T>(table: Readonly<Record<string, Operation<T>>>, name: string): Operation<T> {
  const found = table[name];
  if (found === undefined) throw expressionErrors.create("UNKNOWN_FUNCTION", { name });
  return found;
}

function divideByZero(site: CallSite): null {
  if (site.mode !== "ansi") return null;
  const remainder = site.name === "%" || site.name === "pmod";
  throw expressionErrors.create(remainder ? "REMAINDER_BY_ZERO" : "DIVIDE_BY_ZERO", { config: ansiConfig });
}

const dividing = new Set(["/", "%", "div", "pmod"]);

function arithmeticEvaluator(site: CallSite): Evaluator {
  const datetime = datetimeOperator(site);
  if (datetime !== undefined) return datetime;
  const [left, right] = site.args.map((argument) => argument.dataType);
  if (left?.kind === "decimal" && right?.kind === "decimal") return decimalEvaluator(site, left, right);
  const divides = dividing.has(site.name);
  const type = site.args[0]?.dataType ?? site.dataType;
  if (type.kind === "long") return longEvaluator(site, divides);
  const compute = operation(numberOperations, site.name);
  if (type.kind === "double" || type.kind === "float") {
    const single = type.kind === "float";
    // Under ANSI a division by zero is an error for doubles too; without it, null.
    return (a, b) => {
      if (divides && Number(b) === 0) return divideByZero(site);
      const value = compute(Number(a), Number(b));
      return single ? Math.fround(value) : value;
    };
  }
  const bound = integerBounds[type.kind] ?? 2 ** 31;
  return (a, b) => {
    if (divides && b === 0) return divideByZero(site);
    const value = compute(Number(a), Number(b));
    if (value >= -bound && value < bound) return value === 0 ? 0 : value;
    if (site.mode === "ansi") return overflow(site, type);
    return site.mode === "try" ? null : wrapInteger(BigInt(Number(a)), BigInt(Number(b)), site.name, bound);
  };
}

/** As two's complement wraps; products of two integers can exceed what a double holds exactly. */
function wrapInteger(a: bigint, b: bigint, name: string, bound: number): number {
  return Number(BigInt.asIntN(Math.log2(bound) + 1, operation(bigintOperations, name)(a, b)));
}

function longEvaluator(site: CallSite, divides: boolean): Evaluator {
  const compute = operation(bigintOperations, site.name);
  return (a, b) => {
    if (typeof a !== "bigint" || typeof b !== "bigint") return null;
    if (divides && b === 0n) return divideByZero(site);
    const value = compute(a, b);
    const wrapped = BigInt.asIntN(64, value);
    if (wrapped === value) return value;
    if (site.mode === "ansi") return overflow(site, longType);
    return site.mode === "try" ? null : wrapped;
  };
}

function decimalEvaluator(site: CallSite, left: DecimalType, right: DecimalType): Evaluator {
  const result = site.dataType.kind === "decimal" ? site.dataType : decimalType(38, 0);
  const scale = Math.max(left.scale, right.scale);
  const up = powerOfTen(scale - left.scale);
  const rightUp = powerOfTen(scale - right.scale);
  const ansi = site.mode === "ansi";
  const exact = operation(bigintOperations, site.name === "/" ? "div" : site.name);
  return (a, b) => {
    if (typeof a !== "bigint" || typeof b !== "bigint") return null;
    if (dividing.has(site.name) && b === 0n) return divideByZero(site);
    switch (site.name) {
      case "*":
        return checkedDecimal(rescale(a * b, left.scale + right.scale, result.scale), result, ansi);
      case "/": {
        const shift = result.scale + right.scale - left.scale;
        const quotient = shift >= 0 ? divideHalfUp(a * powerOfTen(shift), b) : divideHalfUp(a, b * powerOfTen(-shift));
        return checkedDecimal(quotient, result, ansi);
      }
      case "div": {
        const quotient = (a * up) / (b * rightUp);
        if (BigInt.asIntN(64, quotient) === quotient) return quotient;
        return ansi ? overflow(site, longType) : site.mode === "try" ? null : BigInt.asIntN(64, quotient);
      }
      default:
        return checkedDecimal(rescale(exact(a * up, b * rightUp), scale, result.scale), result, ansi);
    }
  };
}

function operator(name: string, doc: string, more: Partial<ScalarFunction> = {}): ScalarFunction {
  return {
    kind: "scalar",
    name,
    group: "math",
    doc,
    arity: [2, 2],
    nulls: "propagate",
    resolve: resolveArithmetic,
    evaluator: arithmeticEvaluator,
    sql: (args) => `(${args.join(` ${name} `)})`,
    ...more,
  };
}

/** Unary minus; named `negative` in calls. */
function negate(site: CallSite): Evaluator {
  const type = site.dataType;
  const bound = integerBounds[type.kind];
  return (a) => {
    if (typeof a === "bigint") {
      if (type.kind === "decimal" || a !== -(2n ** 63n)) return -a;
      return site.mode === "ansi" ? overflow(site, type) : a;
    }
    const value = -Number(a);
    if (bound === undefined || value < bound) return value === 0 && bound !== undefined ? 0 : value;
    return site.mode === "ansi" ? overflow(site, type) : Number(a);
  };
}

function absolute(site: CallSite): Evaluator {
  const minus = negate(site);
  return (a) => (typeof a === "bigint" ? (a < 0n ? minus(a) : a) : Number(a) < 0 || Object.is(a, -0) ? minus(a) : a);
}

function resolveUnary(args: readonly Argument[], site: ResolutionSite): Resolution {
  const type = args[0]?.dataType ?? doubleType;
  if (isNumeric(type) || type.kind === "year-month-interval" || type.kind === "day-time-interval") return { args: [type], dataType: type };
  if (type.kind === "string" || type.kind === "void") return { args: [doubleType], dataType: doubleType };
  throw expressionErrors.create("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", {
    sqlExpr: `"${site.name === "negative" ? `(- ${args[0]?.sql ?? ""})` : `${site.name}(${args[0]?.sql ?? ""})`}"`,
    paramIndex: "first",
    requiredType: '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")',
    inputSql: `"${args[0]?.sql ?? ""}"`,
    inputType: `"${sqlType(type)}"`,
  });
}

/** True for types on which this family's operators work. */
export function isArithmetic(type: DataType): boolean {
  return isNumeric(type) || isFractional(type);
}

const numberOperators: readonly ScalarFunction[] = [
  operator("+", "The sum."),
  operator("-", "The difference."),
  operator("*", "The product."),
  operator("/", "The quotient, never an integer."),
  operator("%", "The remainder, with the sign of the dividend.", {
    aliases: ["mod"],
    sql: (args, written) => (written === "mod" ? `mod(${args.join(", ")})` : `(${args.join(" % ")})`),
  }),
  operator("div", "The whole part of the quotient, as BIGINT."),
  operator("pmod", "The remainder, not negative when the divisor is positive.", { sql: (args) => `pmod(${args.join(", ")})` }),
  {
    kind: "scalar",
    name: "negative",
    group: "math",
    doc: "The number with the other sign.",
    // What the sign in front of an operand is called, which names columns otherwise than the function does.
    aliases: ["unary -"],
    arity: [1, 1],
    nulls: "propagate",
    resolve: resolveUnary,
    evaluator: negate,
    sql: (args, name) => (name === "negative" ? `negative(${args.join()})` : `(- ${args.join()})`),
  },
  {
    kind: "scalar",
    name: "positive",
    group: "math",
    doc: "The number itself.",
    arity: [1, 1],
    nulls: "propagate",
    resolve: resolveUnary,
    evaluator: () => (a) => a ?? null,
    sql: (args) => `(+ ${args.join()})`,
  },
  {
    kind: "scalar",
    name: "abs",
    group: "math",
    doc: "The number without its sign.",
    arity: [1, 1],
    nulls: "propagate",
    resolve: resolveUnary,
    evaluator: absolute,
  },
];

const tolerantNames: Readonly<Record<string, string>> = {
  "+": "try_add",
  "-": "try_subtract",
  "*": "try_multiply",
  "/": "try_divide",
  "%": "try_mod",
};

/** Operators on numbers, dates and intervals, and their forms that give null for failures. */
export const arithmeticFunctions: readonly ScalarFunction[] = [
  ...numberOperators,
  ...numberOperators.flatMap((definition) => {
    const name = tolerantNames[definition.name];
    return name === undefined ? [] : [tolerant(definition, name, `${definition.doc.slice(0, -1)}; null when there is none.`)];
  }),
];
