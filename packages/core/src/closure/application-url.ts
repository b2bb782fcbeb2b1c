import { realpathSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A file below the application's root travels relative to it (`app:src/job.ts`), because executors unpack the application elsewhere. */
export function toPortableUrl(url: string, appRoot: string | undefined): string {
  if (appRoot === undefined) return url;
  const root = directoryUrl(appRoot);
  return url.startsWith(root) ? `app:${url.slice(root.length)}` : url;
}

/** The inverse of {@link toPortableUrl} on the machine that rebuilds. */
export function fromPortableUrl(portable: string, appRoot: string): string {
  return portable.startsWith("app:") ? directoryUrl(appRoot) + portable.slice("app:".length) : portable;
}

let lastDirectory = "";
let lastUrl = "";

/** Asked for the same directory again and again. */
function directoryUrl(directory: string): string {
  if (directory !== lastDirectory) {
    lastUrl = pathToFileURL(resolve(directory) + sep).href;
    lastDirectory = directory;
  }
  return lastUrl;
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
