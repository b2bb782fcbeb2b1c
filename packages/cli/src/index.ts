// The command
export { main } from "./main.ts";
export type { CommandEnvironment } from "./command/command.ts";
export { exitCodes } from "./exit-code.ts";

// Errors
export { cliErrors } from "./errors.ts";
