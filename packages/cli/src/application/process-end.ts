import { exitCodes } from "../exit-code.ts";
import { describeError } from "./describe-error.ts";

/**
 * Ends the process with a documented code when the application throws outside its top level, or is told to stop.
 * An application with handlers of its own keeps the say.
 */
export function handleProcessEnd(debug: boolean): void {
  process.on("uncaughtException", (error) => {
    if (process.listenerCount("uncaughtException") > 1) return;
    endWith(error, exitCodes.applicationFailed, debug);
  });
  for (const [signal, code] of [["SIGINT", exitCodes.interrupted] as const, ["SIGTERM", exitCodes.terminated] as const]) {
    process.on(signal, () => {
      // process.exit runs the exit handlers, which delete temporary folders.
      if (process.listenerCount(signal) === 1) process.exit(code);
    });
  }
}

/** Prints an error and ends the process. */
export function endWith(error: unknown, code: number, debug: boolean): never {
  const hint = !debug && code === exitCodes.applicationFailed ? "VONK_DEBUG=1 prints whole stacks.\n" : "";
  process.stderr.write(describeError(error, debug) + hint);
  process.exit(code);
}
