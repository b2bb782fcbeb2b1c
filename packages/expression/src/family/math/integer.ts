import {
  asBigint,
  asNumber,
  asText,
  binaryType,
  booleanType,
  byteType,
  doubleType,
  integerType,
  isIntegral,
  isOrderable,
  longType,
  sqlType,
  stringType,
  voidType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { widestType } from "../../coercion/wider-type.ts";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type { Argument, CallSite, Evaluator, Resolution, ResolutionSite, ScalarFunction } from "../../function/function-entry.ts";
import { callText, exactly, oneOf, type Parameter } from "../../function/signature.ts";
import { comparison } from "../../order/compare-values.ts";

const bitwise = family("bitwise");
const math = family("math");

/** @throws DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES, DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE */
function resolveBits(args: readonly Argument[], site: ResolutionSite): Resolution {
  const common = widestType(
    args.map((argument) => argument.dataType),
    site,
  );
  const sqlExpr = (): string => `"(${args.map((argument) => argument.sql).join(` ${site.name} `)})"`;
  if (common?.kind === "void") return { args: args.map(() => integerType), dataType: integerType };
  if (common === undefined) {
    const [left, right] = args.map((argument) => `"${sqlType(argument.dataType)}"`);
    throw expressionErrors.create("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", { sqlExpr: sqlExpr(), left: left ?? "", right: right ?? "" });
  }
  if (isIntegral(common)) return { args: args.map(() => common), dataType: common };
  throw expressionErrors.create("DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", {
    sqlExpr: sqlExpr(),
    inputType: '"INTEGRAL"',
    actualDataType: `"${sqlType(common)}"`,
  });
}

function bitOperator(
  name: string,
  doc: string,
  small: (a: number, b: number) => number,
  large: (a: bigint, b: bigint) => bigint,
): ScalarFunction {
  return bitwise(
    name,
    doc,
    [],
    longType,
    () => (a, b) => (typeof a === "bigint" ? large(a, asBigint(b)) : small(asNumber(a), asNumber(b))),
    {
      arity: [2, 2],
      resolve: resolveBits,
      sql: (args) => `(${args.join(` ${name} `)})`,
    },
  );
}

const intOrLong: Parameter = {
  ...oneOf(integerType, longType),
  becomes: (type) => (type.kind === "byte" || type.kind === "short" ? integerType : undefined),
};
const int = exactly(integerType);

function shift(
  name: string,
  sign: string,
  doc: string,
  small: (a: number, by: number) => number,
  large: (a: bigint, by: bigint) => bigint,
): ScalarFunction {
  return bitwise(
    name,
    doc,
    [intOrLong, int],
    ([type = integerType]) => type,
    () => (value, by) =>
      typeof value === "bigint" ? BigInt.asIntN(64, large(value, BigInt(asNumber(by) & 63))) : small(asNumber(value), asNumber(by)),
    {
      aliases: [sign],
      sql: (args, written) => (written === sign ? `(${args.join(` ${sign} `)})` : `${name}(${args.join(", ")})`),
    },
  );
}

const widths: Readonly<Partial<Record<DataType["kind"], bigint>>> = { boolean: 1n, byte: 8n, short: 16n, integer: 32n, long: 64n };
const anyInteger: Parameter = { accepts: isIntegral, casts: [integerType, longType], name: '"INTEGRAL"' };

function bitCount(value: SQLValue): number {
  const whole = typeof value === "bigint" ? value : BigInt(Number(value));
  return BigInt.asUintN(64, whole).toString(2).replaceAll("0", "").length;
}

/** @throws INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE */
function bitGet(site: CallSite): Evaluator {
  const width = widths[site.args[0]?.dataType.kind ?? "long"] ?? 64n;
  return (value, position) => {
    const at = BigInt(asNumber(position));
    if (at >= 0n && at < width) return Number(((typeof value === "bigint" ? value : BigInt(asNumber(value))) >> at) & 1n);
    throw expressionErrors.create("INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE", {
      functionName: "`bit_get`",
      parameter: "`pos`",
      upper: Number(width),
      invalidValue: Number(at),
    });
  };
}

/** Digits in a base up to 36; digits that the base does not have end the number. */
function convert(text: string, from: number, to: number, site: CallSite): string | null {
  if (Math.abs(from) < 2 || Math.abs(from) > 36 || Math.abs(to) < 2 || Math.abs(to) > 36 || from < 0) return null;
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const negative = trimmed.startsWith("-");
  let value = 0n;
  for (const digit of trimmed.slice(Number(negative)).toLowerCase()) {
    const number = Number.parseInt(digit, 36);
    if (Number.isNaN(number) || number >= from) break;
    value = value * BigInt(from) + BigInt(number);
  }
  const most = 2n ** 64n - 1n;
  if (value > most) {
    if (site.mode === "ansi")
      throw expressionErrors.create("ARITHMETIC_OVERFLOW", {
        message: `Overflow in function conv()`,
        alternative: "",
        config: '"spark.sql.ansi.enabled"',
      });
    value = most;
  }
  if (negative) value = to > 0 ? BigInt.asUintN(64, -value) : -value;
  else if (to < 0) value = BigInt.asIntN(64, value);
  return value.toString(Math.abs(to)).toUpperCase();
}

function hexText(value: SQLValue): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex").toUpperCase();
  if (typeof value === "string") return Buffer.from(value, "utf8").toString("hex").toUpperCase();
  return BigInt.asUintN(64, asBigint(value)).toString(16).toUpperCase();
}

/** Bytes of hexadecimal digits; an odd one stands alone in the first byte. Undefined when there is another character. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  if (!/^[0-9a-fA-F]*$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text.length % 2 === 0 ? text : `0${text}`, "hex"));
}

function factorial(n: number): bigint | null {
  if (n < 0 || n > 20) return null;
  let product = 1n;
  for (let factor = 2n; factor <= BigInt(n); factor++) product *= factor;
  return product;
}

/** @throws DATATYPE_MISMATCH.DATA_DIFF_TYPES, DATATYPE_MISMATCH.INVALID_ORDERING_TYPE */
function resolveExtreme(args: readonly Argument[], site: ResolutionSite): Resolution {
  const common = widestType(
    args.map((argument) => argument.dataType),
    site,
  );
  if (common === undefined) {
    throw expressionErrors.create("DATATYPE_MISMATCH.DATA_DIFF_TYPES", {
      sqlExpr: callText(site.name, args),
      functionName: `\`${site.name}\``,
      dataType: `[${args.map((argument) => `"${sqlType(argument.dataType)}"`).join(", ")}]`,
    });
  }
  if (isOrderable(common)) return { args: args.map(() => common), dataType: common, nullable: args.every((argument) => argument.nullable) };
  throw expressionErrors.create("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", {
    sqlExpr: callText(site.name, args),
    functionName: `\`${site.name}\``,
    dataType: `"${sqlType(common)}"`,
  });
}

function extreme(name: string, doc: string, sign: 1 | -1): ScalarFunction {
  return math(
    name,
    doc,
    [],
    voidType,
    (site) => {
      const compare = comparison(site.dataType);
      return (...values) =>
        values.reduce(
          (best: SQLValue, value) => (best === null || (value !== null && sign * compare(value, best) > 0) ? value : best),
          null,
        );
    },
    { arity: [2, Infinity], nulls: "handled", resolve: resolveExtreme },
  );
}

const bucketCount: Parameter = {
  ...exactly(longType),
  becomes: (type) => (type.kind === "decimal" || type.kind === "double" || type.kind === "float" ? longType : undefined),
};
const bucketed = oneOf(doubleType);
const bucketable: Parameter = {
  ...bucketed,
  accepts: (type) => ["double", "year-month-interval", "day-time-interval"].includes(type.kind),
};

function widthBucket(value: number, low: number, high: number, buckets: bigint): bigint | null {
  if (buckets <= 0n || buckets === 2n ** 63n - 1n || !Number.isFinite(low) || !Number.isFinite(high) || Number.isNaN(value) || low === high)
    return null;
  const [below, above] = low < high ? [value < low, value >= high] : [value > low, value <= high];
  if (below) return 0n;
  if (above) return buckets + 1n;
  return BigInt(Math.floor((Number(buckets) * (value - low)) / (high - low))) + 1n;
}

/** Operators on bits, other bases, greatest and least. */
export const integerFunctions: readonly ScalarFunction[] = [
  bitOperator(
    "&",
    "Bits that both have.",
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  bitOperator(
    "|",
    "Bits that one has.",
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  bitOperator(
    "^",
    "Bits that one alone has.",
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
  bitwise(
    "~",
    "The opposite bits.",
    [anyInteger],
    ([type = integerType]) => type,
    () => (value) => (typeof value === "bigint" ? ~value : ~asNumber(value)),
    { sql: (args) => `~${args.join("")}` },
  ),
  shift(
    "shiftleft",
    "<<",
    "Bits moved to the left.",
    (a, by) => a << by,
    (a, by) => a << by,
  ),
  shift(
    "shiftright",
    ">>",
    "Bits moved to the right, the sign kept.",
    (a, by) => a >> by,
    (a, by) => a >> by,
  ),
  shift(
    "shiftrightunsigned",
    ">>>",
    "Bits moved to the right, zeros before them.",
    (a, by) => (a >>> by) | 0,
    (a, by) => BigInt.asUintN(64, a) >> by,
  ),
  bitwise(
    "bit_count",
    "How many bits are set.",
    [{ ...anyInteger, accepts: (type) => isIntegral(type) || type.kind === "boolean" }],
    integerType,
    () => (value) => bitCount(value ?? null),
  ),
  bitwise("bit_get", "The bit at a position from the right.", [anyInteger, int], byteType, bitGet, { aliases: ["getbit"] }),
  math(
    "bin",
    "Binary digits.",
    [
      {
        ...exactly(longType),
        becomes: (type) => (type.kind === "double" || type.kind === "float" || type.kind === "decimal" ? longType : undefined),
      },
    ],
    stringType,
    () => (value) => BigInt.asUintN(64, asBigint(value)).toString(2),
  ),
  math(
    "hex",
    "Hexadecimal digits of a number, a text or bytes.",
    [
      {
        ...oneOf(longType, binaryType, stringType),
        becomes: (type) => (isIntegral(type) || type.kind === "double" || type.kind === "decimal" ? longType : undefined),
      },
    ],
    stringType,
    () => (value) => hexText(value ?? null),
  ),
  math(
    "unhex",
    "Bytes of hexadecimal digits; null for others.",
    [exactly(stringType)],
    binaryType,
    () => (value) => bytesOfHex(asText(value)) ?? null,
    {
      resolve: (args) => ({
        args: [args[0]?.dataType.kind === "string" ? args[0].dataType : stringType],
        dataType: binaryType,
        nullable: true,
      }),
    },
  ),
  math(
    "conv",
    "A number in another base.",
    [exactly(stringType), int, int],
    stringType,
    (site) => (text, from, to) => convert(asText(text), asNumber(from), asNumber(to), site),
    {
      resolve: () => ({ args: [stringType, integerType, integerType], dataType: stringType, nullable: true }),
    },
  ),
  math("factorial", "The product of 1 up to it; null beyond 20.", [int], longType, () => (value) => factorial(asNumber(value)), {
    resolve: () => ({ args: [integerType], dataType: longType, nullable: true }),
  }),
  math(
    "width_bucket",
    "The bucket of equal width that the number falls in.",
    [bucketable, bucketable, bucketable, bucketCount],
    longType,
    () => (value, low, high, buckets) => widthBucket(Number(value), Number(low), Number(high), asBigint(buckets)),
  ),
  extreme("greatest", "The greatest argument that is not null.", 1),
  extreme("least", "The least argument that is not null.", -1),
  math(
    "isnan",
    "True when it is not a number; never null.",
    [{ ...oneOf(doubleType), accepts: (type) => type.kind === "double" || type.kind === "float" }],
    booleanType,
    () => (value) => value !== null && Number.isNaN(Number(value)),
    {
      nulls: "handled",
      group: "predicate",
    },
  ),
];
