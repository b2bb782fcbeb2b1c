import { packageVersion } from "../package-version.ts";
import { lastValue, parseOptions, settingOptions, usage } from "../argument/parse-options.ts";
import { applySettings, settingOf, settingsOf } from "../config/application-settings.ts";
import type { Command } from "./command.ts";
import { applicationOptionsHelp } from "./run.ts";

/** `vonk shell`: a REPL with a session and its context. */
export const shellCommand: Command = {
  usage: "shell [options]",
  summary: "a REPL with `spark`, `sc` and top-level await",
  help: `${applicationOptionsHelp}  --history FILE            keep the lines in FILE\n`,
  async run(words) {
    const table = { "--master": "value", "--name": "value", "--history": "value", ...settingOptions } as const;
    const parsed = parseOptions("shell", words, table, false);
    const [file] = parsed.words;
    if (file !== undefined) throw usage(`vonk shell takes no file, but met '${file}'; run a file with vonk run`);
    applySettings(settingsOf(parsed, settingOf));
    // The engine is loaded only when a shell needs it: an application brings its own.
    const { startShell } = await import("../shell/start-shell.ts");
    await startShell({ history: lastValue(parsed, "--history"), version: packageVersion() });
    return undefined;
  },
};
