import { existsSync, realpathSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Where a process that rebuilds finds the application's files. */
export interface ApplicationPlace {
  /** The application's root folder, as the driver names it. */
  readonly root: string;
  /** Folder of the files that the driver sent, laid out below it as on the driver's disk; what is not there lies where the driver has it. */
  readonly copies?: string;
}

/**
 * The name under which every process of the application knows a file: relative to the application's root (`app:src/job.ts`) where
 * that is given, else as the driver's URL, also for a copy of a driver's file.
 */
export function toPortableUrl(url: string, { root, copies }: Partial<ApplicationPlace>): string {
  const original = copies === undefined ? url : originalUrl(url, directoryUrl(copies));
  if (root === undefined) return original;
  const base = directoryUrl(root);
  return original.startsWith(base) ? `app:${original.slice(base.length)}` : original;
}

/** The URL that the driver has for what {@link toPortableUrl} named. */
export function driverUrl(portable: string, { root }: ApplicationPlace): string {
  return portable.startsWith("app:") ? directoryUrl(root) + portable.slice("app:".length) : portable;
}

/** The URL of the same file for this process: that of the copy if the driver has sent one. */
export function fromPortableUrl(portable: string, place: ApplicationPlace): string {
  const url = driverUrl(portable, place);
  const path = place.copies === undefined ? undefined : copyPath(url);
  if (path === undefined || place.copies === undefined) return url;
  const copy = directoryUrl(place.copies) + path;
  return existsSync(fileURLToPath(copy)) ? copy : url;
}

const fileScheme = "file:///";

/** Where the copy of a file lies below the folder of copies, with the URL's escapes; undefined for what is no file. */
export function copyPath(url: string): string | undefined {
  return url.startsWith(fileScheme) ? url.slice(fileScheme.length).replace(/^([A-Za-z]):/, "drive-$1") : undefined;
}

function originalUrl(url: string, copies: string): string {
  if (!url.startsWith(copies)) return url;
  return fileScheme + url.slice(copies.length).replace(/^drive-([A-Za-z])(?=\/)/, "$1:");
}

const directoryUrls = new Map<string, string>();
const directoriesMax = 100;

/** Asked for the same few directories again and again. */
function directoryUrl(directory: string): string {
  let url = directoryUrls.get(directory);
  if (url === undefined) {
    if (directoryUrls.size >= directoriesMax) directoryUrls.clear();
    url = pathToFileURL(resolve(directory) + sep).href;
    directoryUrls.set(directory, url);
  }
  return url;
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
