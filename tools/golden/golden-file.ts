import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One statement of a results file and what Spark answered. */
export interface GoldenAnswer {
  readonly sql: string;
  /** `struct<name:type,…>`; `struct<>` for commands and errors. */
  readonly schema: string;
  readonly output: string;
}

/** A results file taken apart: a header, then statement, schema and output in turn. */
export function parseResults(text: string): GoldenAnswer[] {
  const [, ...parts] = text.split(/-- !query.*\n/);
  const answers: GoldenAnswer[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    answers.push({ sql: (parts[at] ?? "").trim(), schema: (parts[at + 1] ?? "").trim(), output: (parts[at + 2] ?? "").replace(/\s+$/, "") });
  }
  return answers;
}

/** A setting of a session. */
export type Setting = readonly [key: string, value: string];

/** Directives of an input file. Its code, and that of its imports, stands in the results file once more, statement by statement. */
export interface GoldenInput {
  readonly settings: readonly Setting[];
  /** `--CONFIG_DIM1 …`: for each dimension the settings to try. */
  readonly dimensions: readonly (readonly (readonly Setting[])[])[];
  /** Tables of a benchmark, named in a first line `-- TABLES name`. */
  readonly tables: readonly string[];
}

/** The directives of an input file. */
export function parseInput(text: string): GoldenInput {
  const lines = text.split("\n");
  const after = (prefix: string): string[] =>
    lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length).trim());
  const dimensions = new Map<string, Setting[][]>();
  for (const line of lines) {
    const [, dimension = "", pairs = ""] = /^--CONFIG_DIM(\d*)\s+(.*)$/.exec(line) ?? [];
    if (pairs !== "") dimensions.set(dimension, [...(dimensions.get(dimension) ?? []), settingsOf(pairs)]);
  }
  return { settings: after("--SET ").flatMap(settingsOf), dimensions: [...dimensions.values()], tables: after("-- TABLES ") };
}

function settingsOf(pairs: string): Setting[] {
  return pairs.split(",").map((pair): Setting => [pair.slice(0, pair.indexOf("=")).trim(), pair.slice(pair.indexOf("=") + 1).trim()]);
}

/** What a manifest says of a file. */
export interface ManifestEntry {
  readonly file: string;
  readonly mode: string;
  readonly tables: readonly string[];
  readonly skip: readonly (readonly [index: number, reason: string])[];
}

/** The entries of a folder's manifest. */
export function readManifest(folder: string): readonly ManifestEntry[] {
  const entries: unknown = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  return Array.isArray(entries) ? entries.map((entry: Partial<ManifestEntry>) => ({ file: "", mode: "ansi", tables: [], skip: [], ...entry })) : [];
}

/** The answers of a file; those of Java 21 are preferred, whose doubles are the shortest ones. */
export function readAnswers(folder: string, file: string): GoldenAnswer[] {
  const path = join(folder, "results", `${file}.out`);
  return parseResults(readFileSync(existsSync(`${path}.java21`) ? `${path}.java21` : path, "utf8"));
}

/** The directives of a file. */
export function readInput(folder: string, file: string): GoldenInput {
  return parseInput(readFileSync(join(folder, "inputs", file), "utf8"));
}

/** The settings to run a file with: those of its mode and its own, once for each combination of dimensions that the engine can tell apart. */
export function combinationsOf(entry: ManifestEntry, input: GoldenInput): Readonly<Record<string, string>>[] {
  const base: Setting[] = [...modeSettings(entry.mode), ...input.settings];
  let combinations: Setting[][] = [base];
  for (const choices of input.dimensions) {
    combinations = combinations.flatMap((settings) => choices.map((choice) => [...settings, ...choice.filter(([key]) => meaningful.test(key))]));
  }
  const distinct = new Map(combinations.map((settings) => [JSON.stringify(settings), Object.fromEntries(settings)]));
  return [...distinct.values()];
}

/** Dimensions that choose among ways to compute the same (code generation, join strategies) are one way here. */
const meaningful = /ansi|timestampType|timeZone|caseSensitive/;

function modeSettings(mode: string): Setting[] {
  const settings: Setting[] = [
    ["spark.sql.session.timeZone", "America/Los_Angeles"],
    ["spark.sql.ansi.enabled", mode.includes("nonansi") ? "false" : "true"],
  ];
  if (mode.includes("pg")) settings.push(["spark.sql.legacy.interval.enabled", "true"]);
  if (mode.includes("ntz")) settings.push(["spark.sql.timestampType", "TIMESTAMP_NTZ"]);
  return settings;
}
