import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Bundle, BundledFile } from "@vonk/cluster-standalone/internal";
import type { ApplicationSources } from "./check-application.ts";

/** An application's own files below the folder that holds them all, each with the package.json that decides how Node reads it. */
export function makeBundle({ files, packages }: ApplicationSources, attached: readonly BundledFile[] = []): Bundle {
  const [main = ""] = files;
  const all = [...new Set([...files, ...files.flatMap((file) => manifestOf(dirname(file)) ?? [])])];
  const root = commonFolder(all);
  const bundled: BundledFile[] = all.map((file) => ({ path: pathIn(root, file), bytes: readFileSync(file) }));
  return { root, main: pathIn(root, main), files: bundled, packages, attached };
}

function commonFolder(files: readonly string[]): string {
  let folder = dirname(files[0] ?? "");
  while (!files.every((file) => !relative(folder, file).startsWith(".."))) folder = dirname(folder);
  return folder;
}

function pathIn(root: string, file: string): string {
  return relative(root, file).split(sep).join("/");
}

function manifestOf(folder: string): string | undefined {
  const file = join(folder, "package.json");
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
  return dirname(folder) === folder ? undefined : manifestOf(dirname(folder));
}
