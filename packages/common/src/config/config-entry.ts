import { commonErrors } from "../errors.ts";

/** One documented configuration key with its default and its parser. */
export interface ConfigEntry<T> {
  readonly key: string;
  readonly defaultText: string;
  readonly doc: string;
  readonly since: string;
  parse(text: string): T;
}

interface EntryOptions {
  readonly doc: string;
  readonly since?: string;
}

function entry<T>(
  key: string,
  defaultText: string,
  options: EntryOptions,
  expected: string,
  parse: (text: string) => T | undefined,
): ConfigEntry<T> {
  return {
    key,
    defaultText,
    doc: options.doc,
    since: options.since ?? "0.1.0",
    parse(text) {
      const value = parse(text.trim());
      if (value === undefined) throw commonErrors.create("CONFIG_INVALID_VALUE", { key, value: text, expected });
      return value;
    },
  };
}

/** A whole number between `min` and `max`, both included. */
export function integerEntry(key: string, fallback: number, options: EntryOptions & { min?: number; max?: number }): ConfigEntry<number> {
  const min = options.min ?? 0;
  const max = options.max ?? Number.MAX_SAFE_INTEGER;
  return entry(key, String(fallback), options, `a whole number from ${min} to ${max}`, (text) => {
    const value = Number(text);
    return text !== "" && Number.isInteger(value) && value >= min && value <= max ? value : undefined;
  });
}

/** A number between `min` and `max`, both included. */
export function numberEntry(key: string, fallback: number, options: EntryOptions & { min?: number; max?: number }): ConfigEntry<number> {
  const min = options.min ?? 0;
  const max = options.max ?? Number.MAX_VALUE;
  return entry(key, String(fallback), options, `a number from ${min} to ${max}`, (text) => {
    const value = Number(text);
    return text !== "" && value >= min && value <= max ? value : undefined;
  });
}

/** `true` or `false`. */
export function booleanEntry(key: string, fallback: boolean, options: EntryOptions): ConfigEntry<boolean> {
  return entry(key, String(fallback), options, "true or false", (text) => (text === "true" ? true : text === "false" ? false : undefined));
}

/** Any text; with `values`, one of them (compared without case, given back as listed). */
export function stringEntry(key: string, fallback: string, options: EntryOptions & { values?: readonly string[] }): ConfigEntry<string> {
  const { values } = options;
  return entry(key, fallback, options, values === undefined ? "text" : `one of ${values.join(", ")}`, (text) =>
    values === undefined ? text : values.find((value) => value.toLowerCase() === text.toLowerCase()),
  );
}

const byteUnits: Readonly<Record<string, number>> = {
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  t: 1024 ** 4,
  tb: 1024 ** 4,
};

/** Bytes from Spark's notation (`512m`, `1g`, `64kb`; a bare number counts `bareUnit`), or undefined when the text is not of that form. */
export function parseBytes(text: string, bareUnit = "b"): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]{0,2})$/i.exec(text.trim());
  const unit = byteUnits[(match?.[2] || bareUnit).toLowerCase()];
  return match === null || unit === undefined ? undefined : Math.floor(Number(match[1]) * unit);
}

/** A size in bytes in Spark's notation. */
export function bytesEntry(key: string, fallback: string, options: EntryOptions & { bareUnit?: string }): ConfigEntry<number> {
  return entry(key, fallback, options, "a size such as 512m or 1g", (text) => parseBytes(text, options.bareUnit));
}

const timeUnits: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration in milliseconds from Spark's notation (`100ms`, `3s`, `5min`; a bare number counts `bareUnit`). */
export function durationEntry(key: string, fallback: string, options: EntryOptions & { bareUnit?: string }): ConfigEntry<number> {
  return entry(key, fallback, options, "a duration such as 100ms, 3s or 5min", (text) => {
    const match = /^(\d+(?:\.\d+)?)\s*([a-z]{0,3})$/i.exec(text);
    const unit = timeUnits[(match?.[2] || (options.bareUnit ?? "s")).toLowerCase()];
    return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
  });
}
