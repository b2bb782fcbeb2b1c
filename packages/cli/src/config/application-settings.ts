import { readEnvironment, writeEnvironment } from "@vonk/common/internal";
import { type ParsedWords, lastValue, parseSetting } from "../argument/parse-options.ts";
import { readPropertiesFile } from "./properties-file.ts";

/** Options that stand for one setting each. */
export const settingOf: Readonly<Record<string, string>> = {
  "--master": "spark.master",
  "--name": "spark.app.name",
};

/**
 * Settings of a command line, the later of a key winning: those of the properties file, then `--conf`, then options that stand for a
 * setting by `names`.
 * @throws USAGE, PROPERTIES_FILE_UNREADABLE
 */
export function settingsOf(parsed: ParsedWords, names: Readonly<Record<string, string>>): Map<string, string> {
  const file = lastValue(parsed, "--properties-file");
  const settings = new Map(file === undefined ? [] : readPropertiesFile(file));
  for (const [option, value] of parsed.options) if (option === "--conf") settings.set(...parseSetting(value));
  for (const [option, value] of parsed.options) {
    const key = names[option];
    if (key !== undefined) settings.set(key, value);
  }
  return settings;
}

/**
 * Makes the command line's settings the defaults of every SparkConf in this process.
 * They go through the environment, because the application may hold a copy of @vonk/core of its own.
 */
export function applySettings(settings: ReadonlyMap<string, string>): void {
  writeEnvironment(settings);
}

/** The environment's settings with those of the command line over them. */
export function withEnvironment(settings: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...readEnvironment(), ...settings]);
}
