import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type * as standalone from "@vonk/cluster-standalone/internal";
import { cliErrors } from "../errors.ts";

/** What `@vonk/cluster-standalone/internal` exports. */
export type Standalone = typeof standalone;

const packageName = "@vonk/cluster-standalone";

/**
 * The package that masters, workers and submissions need: the working folder's, else the one beside this command. Running an
 * application on this machine does without it.
 * @throws CLUSTER_PACKAGE_MISSING
 */
export async function loadStandalone(places: readonly string[] = [join(resolve(), "noop.js"), import.meta.filename]): Promise<Standalone> {
  for (const from of places) {
    try {
      const url = pathToFileURL(createRequire(from).resolve(`${packageName}/internal`)).href;
      return (await import(url)) as Standalone;
    } catch (error) {
      if ((error as { code?: string }).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw cliErrors.create("CLUSTER_PACKAGE_MISSING", { package: packageName });
}
