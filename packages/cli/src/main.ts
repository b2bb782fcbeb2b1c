import { endWith } from "./application/process-end.ts";
import { helpText } from "./argument/help.ts";
import { asksForHelp, usage } from "./argument/parse-options.ts";
import { clusterCommand } from "./command/cluster.ts";
import { type Command, type CommandEnvironment, commandHelp } from "./command/command.ts";
import { logsCommand } from "./command/logs.ts";
import { masterCommand } from "./command/master.ts";
import { runCommand } from "./command/run.ts";
import { shellCommand } from "./command/shell.ts";
import { sqlCommand } from "./command/sql.ts";
import { submitCommand } from "./command/submit.ts";
import { workerCommand } from "./command/worker.ts";
import { exitCodes } from "./exit-code.ts";
import { cliErrors } from "./errors.ts";
import { packageVersion } from "./package-version.ts";

const commands: Readonly<Record<string, Command>> = {
  run: runCommand,
  shell: shellCommand,
  sql: sqlCommand,
  submit: submitCommand,
  logs: logsCommand,
  cluster: clusterCommand,
  master: masterCommand,
  worker: workerCommand,
};

/** Runs one `vonk` command line in this process; ends the process when it fails. */
export async function main(words: readonly string[], environment: CommandEnvironment): Promise<void> {
  try {
    const code = await perform(words, environment);
    if (code !== undefined) process.exitCode = code;
  } catch (error) {
    endWith(error, isUsage(error) ? exitCodes.usage : exitCodes.applicationFailed, environment.debug);
  }
}

async function perform([word, ...rest]: readonly string[], environment: CommandEnvironment): Promise<number | undefined> {
  switch (word) {
    case undefined:
    case "help":
    case "--help":
    case "-h":
      process.stdout.write(helpText(Object.values(commands)));
      return exitCodes.ok;
    case "--version":
    case "-v":
      process.stdout.write(`${packageVersion()}\n`);
      return exitCodes.ok;
    default: {
      const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
      if (command === undefined) throw usage(`'${word}' is no command; there are ${Object.keys(commands).join(", ")}`);
      if (!asksForHelp(rest, command.takesApplication === true)) return await command.run(rest, environment);
      process.stdout.write(commandHelp(command));
      return exitCodes.ok;
    }
  }
}

function isUsage(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code !== undefined && Object.keys(cliErrors.entries).includes(code);
}
