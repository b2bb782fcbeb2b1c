import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const engine = join("@vonk", "core");

/**
 * Gives modules below `folder` the packages of this process: a `node_modules` for a folder that has none above it with the engine in
 * it, as a link to that of the working folder, else to the one beside this engine.
 */
export function linkPackages(folder: string): void {
  const linked = packagesToLink(folder);
  if (linked === undefined) return;
  mkdirSync(folder, { recursive: true });
  symlinkSync(linked, join(folder, "node_modules"), "junction");
}

/** Folders in which modules below `folder` find packages once they are linked. */
export function packageFoldersFor(folder: string): string[] {
  const linked = packagesToLink(folder);
  return [...(linked === undefined ? [] : [linked]), ...packageFolders(join(folder, "noop.js"))];
}

/** Folders in which Node looks for packages that `file` imports, nearest first. */
export function packageFolders(file: string): string[] {
  return createRequire(file).resolve.paths("@vonk/core") ?? [];
}

function packagesToLink(folder: string): string | undefined {
  if (packageFolders(join(folder, "noop.js")).some(hasEngine)) return undefined;
  return [...packageFolders(join(resolve(), "noop.js")), ...packageFolders(import.meta.filename)].find(hasEngine);
}

function hasEngine(place: string): boolean {
  return existsSync(join(place, engine));
}
