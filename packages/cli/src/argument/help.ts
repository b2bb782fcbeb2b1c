import type { Command } from "../command/command.ts";

/** What `vonk --help` prints. */
export function helpText(commands: readonly Command[]): string {
  return `vonk: Apache Spark's system in TypeScript

${commands.map(({ usage, summary }) => `  vonk ${usage}\n      ${summary}\n`).join("")}  vonk COMMAND --help
      its options
  vonk --version

What the program sets wins over options, options over the properties file, and that over variables such as
VONK_CONF_spark_executor_memory=2g. Node's own options go into NODE_OPTIONS.
VONK_DEBUG=1 prints the stacks of errors.

exit codes
  0    the application ended
  1    the application failed
  2    the command line, the properties file or the application's path is wrong
  13   the application ended while its top level still awaited a promise
  130  interrupted (Ctrl-C)
  143  terminated
  n    what the application gave to process.exit
`;
}
