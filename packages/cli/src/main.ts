import { createRequire } from "node:module";
import { applySettings } from "./config/application-settings.ts";
import { helpText } from "./argument/help.ts";
import { type Invocation, parseArguments } from "./argument/parse-arguments.ts";
import { endWith, handleProcessEnd } from "./application/process-end.ts";
import { runApplication } from "./application/run-application.ts";
import { cliErrors } from "./errors.ts";
import { exitCodes } from "./exit-code.ts";

/** What the command takes from its process. */
export interface CommandEnvironment {
  /** Print stacks of errors. */
  readonly debug: boolean;
}

/** Runs one `vonk` command line in this process; ends the process when it fails. */
export async function main(words: readonly string[], { debug }: CommandEnvironment): Promise<void> {
  try {
    await perform(parseArguments(words), debug);
  } catch (error) {
    endWith(error, isUsage(error) ? exitCodes.usage : exitCodes.applicationFailed, debug);
  }
}

async function perform(invocation: Invocation, debug: boolean): Promise<void> {
  switch (invocation.kind) {
    case "help":
      process.stdout.write(helpText);
      return;
    case "version":
      process.stdout.write(`${packageVersion()}\n`);
      return;
    case "run":
      applySettings(invocation);
      handleProcessEnd(debug);
      return runApplication(invocation.application, invocation.args);
    case "shell": {
      applySettings(invocation);
      // The engine is loaded only when a shell needs it: an application brings its own.
      const { startShell } = await import("./shell/start-shell.ts");
      return startShell({ history: invocation.history, version: packageVersion() });
    }
  }
}

function isUsage(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code !== undefined && Object.keys(cliErrors.entries).includes(code);
}

function packageVersion(): string {
  const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
  return version;
}
