import { AsyncLocalStorage } from "node:async_hooks";
import { fileURLToPath } from "node:url";
import { getCallSites } from "node:util";

const isSource = import.meta.url.endsWith(".ts");
/** Whose files are not where the user called from: src/ when run from source, dist/ when built. */
const engineFolders = [fileURLToPath(new URL(isSource ? "../" : "./", import.meta.url))];

/** What a library's call was, for all that it does below. */
const given = new AsyncLocalStorage<string>();

/** The files of a library on top of core, below a folder, are not where the user called from either. */
export function hideFromCallSites(folder: string): void {
  engineFolders.push(`${folder}/`);
}

/** RDDs that `run` makes and jobs that it runs, now or later, say that they come from `site`. */
export function calledFrom<T>(site: string, run: () => T): T {
  return given.run(site, run);
}

/** Where the user called the engine: `count at app.ts:12`. Costs about 10 µs, and nothing inside {@link calledFrom}. */
export function callSite(method: string): string {
  const known = given.getStore();
  if (known !== undefined) return known;
  const frame = getCallSites(24).find((site) => {
    const path = pathOf(site.scriptName);
    if (path === "" || site.scriptName.startsWith("node:")) return false;
    return path.includes(".test.") || !engineFolders.some((folder) => path.startsWith(folder));
  });
  if (frame === undefined) return method;
  const path = pathOf(frame.scriptName);
  return `${method} at ${path.slice(path.lastIndexOf("/") + 1)}:${frame.lineNumber}`;
}

function pathOf(scriptName: string): string {
  return scriptName.startsWith("file://") ? fileURLToPath(scriptName) : scriptName;
}
