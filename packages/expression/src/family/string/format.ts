import {
  asBigint,
  asNumber,
  asText,
  decimalType,
  doubleType,
  isIntegral,
  isNumeric,
  stringType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { doubleText } from "../../cast/number-text.ts";
import { toText } from "../../cast/to-text.ts";
import { decimalFromNumber } from "../../decimal/decimal-value.ts";
import { divideRounding } from "../../decimal/round-mode.ts";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type { CallSite, Evaluator, ScalarFunction } from "../../function/function-entry.ts";
import { anything, oneOf, text as textParameter } from "../../function/signature.ts";

const text = family("string");

function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** A number as an exact decimal; undefined for what is none. */
function exact(value: SQLValue, type: DataType): { readonly unscaled: bigint; readonly scale: number } | undefined {
  if (type.kind === "decimal") return { unscaled: asBigint(value), scale: type.scale };
  return typeof value === "bigint" ? { unscaled: value, scale: 0 } : decimalFromNumber(asNumber(value));
}

/** So many digits behind the point, halves to the even one, with commas. */
function fixed(
  value: { readonly unscaled: bigint; readonly scale: number },
  digits: number,
  commas: boolean,
  mode: "half-even" | "half-up",
): string {
  const rounded =
    digits >= value.scale
      ? value.unscaled * 10n ** BigInt(digits - value.scale)
      : divideRounding(value.unscaled, value.scale - digits, mode);
  const negative = rounded < 0n;
  const plain = (negative ? -rounded : rounded).toString().padStart(digits + 1, "0");
  const whole = digits === 0 ? plain : plain.slice(0, -digits);
  return `${negative ? "-" : ""}${commas ? grouped(whole) : whole}${digits === 0 ? "" : `.${plain.slice(-digits)}`}`;
}

/** `#,###.##`: the digits behind the point that must and may be there, and whether groups are set apart. */
function byPattern(value: { readonly unscaled: bigint; readonly scale: number }, pattern: string): string {
  const [whole = "", fraction = ""] = pattern.split(".");
  const most = fraction.replaceAll(/[^0#]/g, "").length;
  const least = fraction.replaceAll(/[^0]/g, "").length;
  const shown = fixed(value, most, whole.includes(","), "half-even");
  const [head = "", tail = ""] = shown.split(".");
  let kept = tail;
  while (kept.length > least && kept.endsWith("0")) kept = kept.slice(0, -1);
  const padded = head.replace(
    /^(-?)(.*)$/,
    (_all, sign: string, digits: string) => sign + digits.padStart(whole.replaceAll(/[^0]/g, "").length, "0"),
  );
  return kept === "" ? padded : `${padded}.${kept}`;
}

function formatNumber(site: CallSite): Evaluator {
  const type = site.args[0]?.dataType ?? doubleType;
  return (value = null, format) => {
    const number = exact(value, type);
    if (number === undefined) return doubleText(asNumber(value));
    if (typeof format === "string") return byPattern(number, format === "" ? "#,##0" : format);
    return asNumber(format) < 0 ? null : fixed(number, asNumber(format), true, "half-even");
  };
}

/** @throws INVALID_PARAMETER_VALUE.FORMAT_SPECIFIER */
function refuse(value: string): never {
  throw expressionErrors.create("INVALID_PARAMETER_VALUE.FORMAT_SPECIFIER", {
    parameter: "`strfmt`",
    functionName: "`format_string`",
    value,
  });
}

function conversionOf(
  letter: string,
  value: SQLValue,
  type: DataType,
  flags: string,
  precision: number | undefined,
  site: CallSite,
  whole: string,
): string {
  if (value === null) return "null";
  switch (letter.toLowerCase()) {
    case "s": {
      const shown = type.kind === "string" ? asText(value) : toText(type, site.session)(value);
      return (shown === null ? "null" : asText(shown)).slice(0, precision);
    }
    case "b":
      return String(value === true || type.kind !== "boolean");
    case "c":
      return typeof value === "string" ? value : String.fromCodePoint(Number(value));
    case "d": {
      if (!isIntegral(type)) return refuse(whole);
      const digits = typeof value === "bigint" ? value.toString() : asNumber(value).toString();
      return signed(flags.includes(",") ? digits.replace(/\d+/, grouped) : digits, flags);
    }
    case "x":
    case "o": {
      if (!isIntegral(type)) return refuse(whole);
      const bits = type.kind === "long" ? 64 : 32;
      return BigInt.asUintN(bits, typeof value === "bigint" ? value : BigInt(asNumber(value))).toString(
        letter.toLowerCase() === "x" ? 16 : 8,
      );
    }
    case "f": {
      const number = isNumeric(type) && !isIntegral(type) ? exact(value, type) : refuse(whole);
      return number === undefined
        ? doubleText(asNumber(value))
        : signed(fixed(number, precision ?? 6, flags.includes(","), "half-up"), flags);
    }
    case "e":
      return typeof value === "number" ? value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, "e$10$2") : refuse(whole);
    default:
      return refuse(whole);
  }
}

function signed(digits: string, flags: string): string {
  if (digits.startsWith("-")) return flags.includes("(") ? `(${digits.slice(1)})` : digits;
  return flags.includes("+") ? `+${digits}` : flags.includes(" ") ? ` ${digits}` : digits;
}

/** Java's `%[n$][flags][width][.precision]conversion`. */
function formatText(site: CallSite): Evaluator {
  return (format = null, ...values) => {
    if (format === null) return null;
    let next = 0;
    return asText(format).replaceAll(
      /%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
      (
        whole: string,
        index: string | undefined,
        flags: string,
        width: string | undefined,
        precision: string | undefined,
        letter: string,
      ) => {
        if (letter === "%") return "%";
        if (letter === "n") return "\n";
        const at = index === undefined ? next++ : Number(index) - 1;
        const type = site.args[at + 1]?.dataType;
        if (type === undefined) return refuse(whole);
        const shown = conversionOf(
          letter,
          values[at] ?? null,
          type,
          flags,
          precision === undefined ? undefined : Number(precision),
          site,
          whole,
        );
        const cased = letter === letter.toUpperCase() ? shown.toUpperCase() : shown;
        const size = Number(width ?? 0);
        if (flags.includes("-")) return cased.padEnd(size);
        return flags.includes("0")
          ? cased.replace(/^([+-]?)(.*)$/, (_all, sign: string, rest: string) => sign + rest.padStart(size - sign.length, "0"))
          : cased.padStart(size);
      },
    );
  };
}

/** Digits of a number format: `9` and `0` before the point, and behind it. */
interface NumberFormat {
  readonly whole: number;
  readonly fraction: number;
  readonly text: string;
}

function numberFormat(format: string): NumberFormat {
  const upper = format.toUpperCase().replaceAll("G", ",").replaceAll("D", ".");
  const [whole = "", fraction = ""] = upper.split(".");
  const digits = (part: string): number => part.replaceAll(/[^09]/g, "").length;
  return { whole: digits(whole), fraction: digits(fraction), text: upper };
}

/** The number that a text shows under a format; undefined when it does not follow it. */
function readNumber(value: string, format: NumberFormat): bigint | undefined {
  const bracketed = format.text.includes("PR") && /^<.*>$/.test(value.trim());
  const body = value
    .trim()
    .replace(/^<(.*)>$/, "$1")
    .replaceAll("$", "")
    .replace(/^([+-]?)\s*/, "$1");
  const match = /^([+-]?)([\d,]*)(?:\.(\d*))?([+-]?)$/.exec(body);
  if (match === null) return undefined;
  const [, lead = "", whole = "", fraction = "", trail = ""] = match;
  if ((lead + trail).length > 0 && !/[S]|MI/.test(format.text)) return undefined;
  const digits = whole.replaceAll(",", "");
  if (
    (whole.includes(",") && !format.text.includes(",")) ||
    digits.length > format.whole ||
    fraction.length > format.fraction ||
    digits + fraction === ""
  )
    return undefined;
  const unscaled = BigInt(digits + fraction.padEnd(format.fraction, "0"));
  return bracketed || lead + trail === "-" ? -unscaled : unscaled;
}

function toNumber(name: string, tolerant: boolean): ScalarFunction {
  return text(
    name,
    "The number that a text shows under a format.",
    [],
    decimalType(38, 0),
    (site) => (value, format) => {
      const number = readNumber(asText(value), numberFormat(asText(format)));
      if (number !== undefined || tolerant || site.mode === "legacy") return number ?? null;
      throw expressionErrors.create("CONVERSION_INVALID_INPUT", {
        str: `'${asText(value)}'`,
        fmt: `'${asText(format)}'`,
        targetType: '"DECIMAL"',
        suggestion: "`try_to_number`",
      });
    },
    {
      arity: [2, 2],
      resolve: (args) => {
        const format = args[1]?.constant?.value;
        const shape = numberFormat(typeof format === "string" ? format : "");
        return {
          args: [stringType, stringType],
          dataType: decimalType(Math.max(shape.whole + shape.fraction, 1), shape.fraction),
          nullable: tolerant || args.some((argument) => argument.nullable),
        };
      },
    },
  );
}

/** A decimal under a format: `9` leaves a blank for a digit that is not there, `0` shows a zero. */
function showNumber(unscaled: bigint, scale: number, format: NumberFormat): string {
  const negative = unscaled < 0n;
  const plain = fixed({ unscaled: negative ? -unscaled : unscaled, scale }, format.fraction, false, "half-up");
  const [digits = "0", fraction = ""] = plain.split(".");
  const significant = digits === "0" ? "" : digits;
  if (significant.length > format.whole) return format.text.replaceAll(/[09]/g, "#");
  const [shape = ""] = format.text.replaceAll(/[^09,.]/g, "").split(".");
  const filled = significant.padStart(format.whole, " ");
  let at = 0;
  let shown = "";
  let started = false;
  for (const character of shape) {
    const digit = character === "," ? "," : (filled[at++] ?? " ");
    started ||= character === "0" || (digit !== " " && digit !== ",");
    shown += digit === "," ? (started ? "," : " ") : digit === " " && started ? "0" : digit;
  }
  const body = shown + (format.fraction > 0 ? `.${fraction}` : "");
  const sign = format.text.includes("S") ? (negative ? "-" : "+") : format.text.includes("MI") ? (negative ? "-" : " ") : "";
  const money = format.text.includes("$") ? "$" : "";
  const trailing = /(?:S|MI)$/.test(format.text);
  const signedBody = trailing ? money + body + sign : sign === "" ? money + body : body.replace(/^(\s*)/, `$1${sign}${money}`);
  return format.text.includes("PR") ? (negative ? `<${signedBody}>` : ` ${signedBody} `) : signedBody;
}

const toChar = text(
  "to_char",
  "A number under a format.",
  [],
  stringType,
  (site) => {
    const type = site.args[0]?.dataType ?? doubleType;
    const scale = type.kind === "decimal" ? type.scale : 0;
    return (value, format) => showNumber(asBigint(value), scale, numberFormat(asText(format)));
  },
  {
    aliases: ["to_varchar"],
    arity: [2, 2],
    resolve: (args) => {
      const type = args[0]?.dataType;
      return {
        args: [type?.kind === "decimal" ? type : isIntegral(type ?? doubleType) ? decimalType(20, 0) : decimalType(30, 15), stringType],
        dataType: stringType,
      };
    },
  },
);

/** Functions that show numbers under a format, or read them. */
export const formats: readonly ScalarFunction[] = [
  text(
    "format_number",
    "The number with commas and so many digits behind the point, or under a pattern.",
    [{ ...oneOf(doubleType), accepts: isNumeric }, anything],
    stringType,
    formatNumber,
  ),
  text(
    "format_string",
    "A format of Java's with the arguments put in.",
    [textParameter, anything],
    (types) => types[0] ?? stringType,
    formatText,
    {
      aliases: ["printf"],
      arity: [1, Infinity],
      nulls: "handled",
      resolve: (args) => ({
        args: args.map((argument, index) => (index === 0 ? stringType : argument.dataType)),
        dataType: stringType,
        nullable: args[0]?.nullable ?? true,
      }),
    },
  ),
  toNumber("to_number", false),
  toNumber("try_to_number", true),
  toChar,
];
