import { realpathSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * A file below the application's root travels relative to it, because executors unpack the application elsewhere:
 * `app:src/job.ts` for a URL, `app-path:src/job.cjs` for a plain path (CommonJS scripts are named by path).
 */
export function toPortableUrl(url: string, appRoot: string | undefined): string {
  if (appRoot === undefined || url === "" || url.startsWith("node:")) return url;
  const isUrl = url.startsWith("file:");
  const root = isUrl ? directoryUrl(appRoot) : resolve(appRoot) + sep;
  if (!url.startsWith(root)) return url;
  return isUrl ? `app:${url.slice(root.length)}` : `app-path:${url.slice(root.length).replaceAll(sep, "/")}`;
}

/** The inverse of {@link toPortableUrl} on the machine that rebuilds. */
export function fromPortableUrl(portable: string, appRoot: string): string {
  if (portable.startsWith("app:")) return directoryUrl(appRoot) + portable.slice("app:".length);
  if (portable.startsWith("app-path:")) return join(resolve(appRoot), portable.slice("app-path:".length));
  return portable;
}

function directoryUrl(directory: string): string {
  return pathToFileURL(resolve(directory) + sep).href;
}

/** The path of a `file:` URL without query, or of a plain absolute path; undefined for anything else. */
export function filePath(url: string): string | undefined {
  if (url.startsWith("file:")) return url.includes("?") || url.includes("#") ? undefined : fileURLToPath(url);
  return url.startsWith("/") || /^[A-Za-z]:[\\/]/.test(url) ? url : undefined;
}

let entry: { readonly argument: string | undefined; readonly paths: ReadonlySet<string> } | undefined;

/** True for the script that this process (or worker thread) was started with: importing it again would run the program a second time. */
export function isEntryPath(path: string): boolean {
  const argument = process.argv[1];
  if (entry === undefined || entry.argument !== argument) entry = { argument, paths: entryPaths(argument) };
  return entry.paths.has(path);
}

function entryPaths(argument: string | undefined): ReadonlySet<string> {
  if (argument === undefined) return new Set();
  const path = resolve(argument);
  const paths = new Set<string>();
  for (const candidate of [path, `${path}.js`, join(path, "index.js")]) {
    paths.add(candidate);
    try {
      paths.add(realpathSync(candidate));
    } catch {
      // not a file of that name
    }
  }
  return paths;
}
