import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hostname } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { standaloneErrors } from "../errors.ts";
import type { Bundle } from "./bundle-store.ts";

/**
 * Writes a bundle's files below `folder` and gives the path of the main one. Packages come from where `folder` lies, else from
 * where this worker is installed.
 * @throws BUNDLE_PACKAGE_MISSING, BUNDLE_PATH_OUTSIDE
 */
export function unpackBundle({ main, files, packages }: Bundle, folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  for (const { path, bytes } of files) {
    const target = inside(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
  const mainFile = inside(folder, main);
  linkPackages(folder);
  const missing = packages.filter((name) => !foldersFrom(mainFile).some((place) => existsSync(join(place, name))));
  if (missing.length > 0)
    throw standaloneErrors.create("BUNDLE_PACKAGE_MISSING", { packages: missing, host: hostname(), folder: resolve() });
  return mainFile;
}

function inside(folder: string, path: string): string {
  const target = resolve(folder, path);
  if (relative(folder, target).split(sep)[0] === "..") throw standaloneErrors.create("BUNDLE_PATH_OUTSIDE", { path });
  return target;
}

/** `node_modules` for a folder that has none above it with the engine in it. */
function linkPackages(folder: string): void {
  const engine = join("@vonk", "core");
  if (foldersFrom(join(folder, "noop.js")).some((place) => existsSync(join(place, engine)))) return;
  const own = [...foldersFrom(join(resolve(), "noop.js")), ...foldersFrom(import.meta.filename)];
  const found = own.find((place) => existsSync(join(place, engine)));
  if (found !== undefined) symlinkSync(found, join(folder, "node_modules"), "junction");
}

/** Folders in which Node looks for packages that `file` imports. */
function foldersFrom(file: string): string[] {
  return createRequire(file).resolve.paths("@vonk/core") ?? [];
}
