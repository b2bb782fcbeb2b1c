import { readFileSync } from "node:fs";
import { lastValue, parseOptions, settingOptions, usage } from "../argument/parse-options.ts";
import { applySettings, settingOf, settingsOf } from "../config/application-settings.ts";
import { packageVersion } from "../package-version.ts";
import { outputFormats, type OutputFormat } from "../sql/output-format.ts";
import type { Command } from "./command.ts";
import { applicationOptionsHelp } from "./run.ts";

/** `vonk sql`: statements from the command line, a file, a pipe or a prompt. */
export const sqlCommand: Command = {
  usage: "sql [options]",
  summary: "run SQL: a prompt, -e TEXT or -f FILE",
  help: `${applicationOptionsHelp}  -e TEXT                   run these statements and leave; may be given several times
  -f FILE                   run the statements of a file and leave
  --output FORMAT           table, csv or json; table when absent
  --history FILE            keep the lines of the prompt in FILE

Statements end with a semicolon. Files are tables: SELECT * FROM parquet.\`flights.parquet\`.
At the prompt, Ctrl-C cancels the statement that runs; quit; or Ctrl-D leaves.
`,
  async run(words) {
    const table = {
      "--master": "value",
      "--name": "value",
      "--history": "value",
      "--output": "value",
      "-e": "value",
      "-f": "value",
      ...settingOptions,
    } as const;
    const parsed = parseOptions("sql", words, table, false);
    const [word] = parsed.words;
    if (word !== undefined) throw usage(`vonk sql takes no words, but met '${word}'; give statements with -e or -f`);
    applySettings(settingsOf(parsed, settingOf));
    const texts = parsed.options.flatMap(([option, value]) => (option === "-e" ? [value] : option === "-f" ? [textOf(value)] : []));
    // The engine is loaded only when statements are to run.
    const { runStatements, startPrompt } = await import("../sql/run-sql.ts");
    const format = formatOf(lastValue(parsed, "--output"));
    if (texts.length > 0) return runStatements(texts, format);
    return startPrompt({ format, history: lastValue(parsed, "--history"), version: packageVersion() });
  },
};

/** @throws USAGE when the file cannot be read */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw usage(`-f ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @throws USAGE for a format that there is not */
function formatOf(word: string | undefined): OutputFormat {
  const format = outputFormats.find((name) => name === (word ?? "table"));
  if (format === undefined) throw usage(`--output is '${word}', expected ${outputFormats.join(", ")}`);
  return format;
}
