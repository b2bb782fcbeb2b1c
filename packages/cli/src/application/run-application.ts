import { statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { cliErrors } from "../errors.ts";

/**
 * Runs the application in this process, as if Node had been started with it: `process.argv` is the application's, and closures find it there.
 * Settles when its top level has run; the process ends when nothing of it is left.
 * @throws APPLICATION_NOT_FOUND, and what the application's top level throws
 */
export async function runApplication(application: string, args: readonly string[]): Promise<void> {
  const path = resolve(application);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw cliErrors.create("APPLICATION_NOT_FOUND", { path: application });
  process.argv = [process.execPath, path, ...args];
  await import(pathToFileURL(path).href);
}
