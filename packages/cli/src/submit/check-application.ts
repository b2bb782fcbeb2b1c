import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "@vonk/common/internal";
import { cliErrors } from "../errors.ts";

/** What the child that reads an application says of it. */
export interface ApplicationSources {
  /** Paths of the main file and of the local files that it imports, those of them too. */
  readonly files: readonly string[];
  /** Names of npm packages that they import. */
  readonly packages: readonly string[];
  /** What does not compile. */
  readonly problem?: { readonly file: string; readonly message: string };
}

const kinds = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];

/**
 * Reads an application without running it: that it exists and that it and its local static imports compile. About 0.1 s.
 * @throws APPLICATION_NOT_FOUND, APPLICATION_KIND, APPLICATION_SYNTAX
 */
export async function checkApplication(application: string): Promise<ApplicationSources> {
  const path = resolve(application);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw cliErrors.create("APPLICATION_NOT_FOUND", { path: application });
  if (!kinds.includes(extname(path))) throw cliErrors.create("APPLICATION_KIND", { path: application, kinds: kinds.join(", ") });
  const sources = await readSources(path);
  if (sources.problem !== undefined) throw cliErrors.create("APPLICATION_SYNTAX", { ...sources.problem });
  return sources;
}

/** In a process of its own: reading modules without running them needs a flag. */
async function readSources(path: string): Promise<ApplicationSources> {
  const reader = fileURLToPath(new URL("../submit/read-sources.worker.ts", import.meta.url));
  const flags = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...flags, reader, path], {
    stdio: ["ignore", "pipe", "inherit"],
    env: childEnvironment({ NODE_OPTIONS: "" }),
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  await new Promise((done, fail) => child.once("close", done).once("error", fail));
  return JSON.parse(text) as ApplicationSources;
}
