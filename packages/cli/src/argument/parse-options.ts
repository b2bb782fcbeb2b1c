import { cliErrors } from "../errors.ts";

/** The options of a command: `value` takes the next word or what follows `=`, `flag` takes nothing, `--other` is short for that. */
export type OptionTable = Readonly<Record<string, "value" | "flag" | `--${string}`>>;

/** A command's words, taken apart. */
export interface ParsedWords {
  /** Options by their full names, in order. */
  readonly options: readonly (readonly [option: string, value: string])[];
  /** The words that belong to no option. */
  readonly words: readonly string[];
}

/** Options that set settings. */
export const settingOptions = { "--conf": "value", "-c": "--conf", "--properties-file": "value" } as const;

/**
 * Takes a command's words apart. With `untilWord` everything from the first word that is no option belongs to the application.
 * @throws USAGE
 */
export function parseOptions(command: string, words: readonly string[], table: OptionTable, untilWord: boolean): ParsedWords {
  const options: [string, string][] = [];
  const rest: string[] = [];
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (!word.startsWith("-")) {
      rest.push(word);
      if (!untilWord) continue;
      rest.push(...left);
      break;
    }
    const equals = word.indexOf("=");
    const given = equals < 0 ? word : word.slice(0, equals);
    const kind = Object.hasOwn(table, given) ? table[given] : undefined;
    if (kind === undefined) throw usage(`vonk ${command} has no option ${given}`);
    const option = kind.startsWith("--") ? kind : given;
    if (table[option] === "flag") {
      options.push([option, ""]);
      continue;
    }
    const value = equals < 0 ? left.shift() : word.slice(equals + 1);
    if (value === undefined || value === "") throw usage(`${given} needs a value`);
    options.push([option, value]);
  }
  return { options, words: rest };
}

/** The last value of an option. */
export function lastValue({ options }: ParsedWords, option: string): string | undefined {
  return options.findLast(([name]) => name === option)?.[1];
}

/** True when `--help` or `-h` is among a command's words; behind an application's path it is the application's. */
export function asksForHelp(words: readonly string[], takesApplication: boolean): boolean {
  const own = takesApplication ? words.slice(0, 1) : words;
  return own.some((word) => word === "--help" || word === "-h");
}

/** A whole number of at least one. @throws USAGE */
export function countOf(option: string, value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw usage(`${option} is '${value}', expected a whole number of at least 1`);
  return Number(value);
}

/** `key=value` of `--conf`. @throws USAGE */
export function parseSetting(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw usage(`--conf is '${text}', expected key=value`);
  const key = text.slice(0, equals).trim();
  if (!/^(spark|vonk)\./.test(key)) throw usage(`--conf sets '${key}', expected a key that begins with spark. or vonk.`);
  return [key, text.slice(equals + 1).trim()];
}

/** What is wrong with a command line. */
export function usage(problem: string): Error {
  return cliErrors.create("USAGE", { problem });
}
