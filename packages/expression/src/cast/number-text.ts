/** A DOUBLE as Spark prints it: `1.0E10`, `0.001`, `NaN`, `Infinity`. Shortest digits that give the value back. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  return scientific(value.toExponential(), Math.abs(value));
}

/** A FLOAT, with the shortest digits that give the single-precision value back. */
export function floatText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return doubleText(value);
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toExponential(digits - 1);
    if (Math.fround(Number(text)) === value) return scientific(text, Math.abs(value));
  }
  return scientific(value.toExponential(), Math.abs(value));
}

/** From `d.ddde±x` to Java's form: plain from 10^-3 to 10^7, with an exponent beyond. */
function scientific(exponential: string, magnitude: number): string {
  const [mantissa = "", exponentText = "0"] = exponential.split("e");
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace("-", "").replace(".", "");
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
    const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
    return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
  }
  return `${sign}${digits[0] ?? "0"}.${digits.slice(1) || "0"}E${exponent}`;
}

/** A number in text, as casts to FLOAT and DOUBLE read it: `1e3`, `Infinity`, `NaN`, a trailing d or f; undefined when it is none. */
export function parseDouble(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/.test(trimmed)) return Number(trimmed.replace(/[dDfF]$/, ""));
  switch (trimmed.toLowerCase()) {
    case "nan":
      return Number.NaN;
    case "inf":
    case "+inf":
    case "infinity":
    case "+infinity":
      return Infinity;
    case "-inf":
    case "-infinity":
      return -Infinity;
    default:
      return undefined;
  }
}

/** Whole digits with a sign; under the older rules with a fraction that is cut off. Undefined when it is no number. */
export function parseInteger(text: string, fractions: boolean): bigint | undefined {
  const trimmed = text.trim();
  if (/^[+-]?\d+$/.test(trimmed)) return BigInt(trimmed.replace("+", ""));
  if (!fractions) return undefined;
  const match = /^([+-]?\d*)\.\d*$/.exec(trimmed);
  const whole = match?.[1];
  return whole === undefined || trimmed === "." ? undefined : BigInt(/\d/.test(whole) ? whole.replace("+", "") : "0");
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ...["t", "true", "y", "yes", "1"].map((text) => [text, true] as const),
  ...["f", "false", "n", "no", "0"].map((text) => [text, false] as const),
]);

/** `true`, `t`, `yes`, `y`, `1` and their opposites in any case; undefined for others. */
export function parseBoolean(text: string): boolean | undefined {
  return truths.get(text.trim().toLowerCase());
}
