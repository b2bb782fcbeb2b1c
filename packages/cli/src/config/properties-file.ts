import { readFileSync } from "node:fs";
import { cliErrors } from "../errors.ts";

/**
 * Settings of a file in the form of spark-defaults.conf, in order.
 * A line holds a key and a value apart by blanks, `=` or `:`; `#` and `!` begin comments; a backslash at the end goes on in the next line.
 * Keys of other names than `spark.…` and `vonk.…` are left out, as Spark does.
 * @throws PROPERTIES_FILE_UNREADABLE
 */
export function readPropertiesFile(path: string): [string, string][] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw cliErrors.create("PROPERTIES_FILE_UNREADABLE", { path, problem: (cause as Error).message }, { cause });
  }
  return parseProperties(text);
}

/** The settings in the text of a properties file. */
export function parseProperties(text: string): [string, string][] {
  const settings: [string, string][] = [];
  const whole = text.replaceAll(/(?<!\\)((?:\\\\)*)\\\r?\n[ \t]*/g, "$1");
  for (const line of whole.split(/\r?\n/)) {
    const match = /^\s*([^\s#!=:][^\s=:]*)(?:\s*[=:]\s*|\s+|$)(.*)$/.exec(line);
    const [, key = "", value = ""] = match ?? [];
    if (/^(spark|vonk)\./.test(key)) settings.push([key, value.trim()]);
  }
  return settings;
}
