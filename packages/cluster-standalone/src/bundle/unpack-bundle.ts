import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { linkPackages, packageFolders, packageFoldersFor } from "@vonk/core/internal";
import { standaloneErrors } from "../errors.ts";
import { type Bundle, bundledScheme, type BundledFile } from "./bundle-store.ts";

/** An application on a worker's machine. */
export interface UnpackedApplication {
  readonly mainFile: string;
  readonly workingDir: string;
  /** Turns what a setting says of files that came with the application into paths of this machine. */
  readonly pathsIn: (value: string) => string;
}

/**
 * Makes an application's files ready below `folder`: where all of them lie at the submitter's paths with the same contents these are
 * used, else those of the bundle. Packages come from where the files lie, else from where this worker is installed.
 * @throws BUNDLE_PACKAGE_MISSING, BUNDLE_PATH_OUTSIDE
 */
export function unpackBundle(bundle: Bundle, folder: string, workingDir: string): UnpackedApplication {
  rmSync(folder, { recursive: true, force: true });
  const attached = join(folder, "attached");
  writeFiles(bundle.attached, attached);
  // Each entry of a list has the scheme once, at its begin.
  const pathsIn = (value: string): string => value.split(bundledScheme).join(`${attached}${sep}`);
  const isHere = bundle.files.every(({ path, bytes }) => hasBytes(join(bundle.root, path), bytes));
  const files = join(folder, "files");
  if (!isHere) {
    writeFiles(bundle.files, files);
    linkPackages(files);
  }
  const root = isHere ? bundle.root : files;
  const mainFile = inside(root, bundle.main);
  const missing = missingPackages(mainFile, bundle.packages);
  if (missing.length > 0) throw packagesMissing(missing, hostname(), resolve());
  return { mainFile, workingDir: isHere ? workingDir : workingDirIn(files, relative(bundle.root, workingDir)), pathsIn };
}

/** Of packages those that `file` would not find. */
export function missingPackages(file: string, packages: readonly string[]): string[] {
  return lacking(packages, packageFolders(file));
}

/** The same for files that will be unpacked below `folder`. */
export function missingBelow(folder: string, packages: readonly string[]): string[] {
  return lacking(packages, packageFoldersFor(folder));
}

function lacking(packages: readonly string[], places: readonly string[]): string[] {
  return packages.filter((name) => !places.some((place) => existsSync(join(place, name))));
}

/** The error for packages that no worker, or the one on `host`, has. */
export function packagesMissing(packages: readonly string[], host: string, folder: string): Error {
  return standaloneErrors.create("BUNDLE_PACKAGE_MISSING", { packages, host, folder });
}

function writeFiles(files: readonly BundledFile[], folder: string): void {
  for (const { path, bytes } of files) {
    const target = inside(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}

function hasBytes(path: string, bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(readFileSync(path), bytes) === 0;
  } catch {
    return false;
  }
}

/** The submitter's working folder among the files, or their root when it lies elsewhere. */
function workingDirIn(files: string, path: string): string {
  const workingDir = path.split(sep)[0] === ".." || resolve(path) === path ? files : join(files, path);
  mkdirSync(workingDir, { recursive: true });
  return workingDir;
}

function inside(folder: string, path: string): string {
  const target = resolve(folder, path);
  if (relative(folder, target).split(sep)[0] === "..") throw standaloneErrors.create("BUNDLE_PATH_OUTSIDE", { path });
  return target;
}
