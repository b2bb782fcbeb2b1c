import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Bundle, BundledFile } from "@vonk/cluster-standalone/internal";
import type { ApplicationSources } from "./check-application.ts";

/** An application's own files below the folder that holds them all, with what package.json says of their kind of module. */
export function makeBundle({ files, packages }: ApplicationSources): Bundle {
  const [main = ""] = files;
  const root = commonFolder(files);
  const bundled: BundledFile[] = files.map((file) => ({ path: pathIn(root, file), bytes: readFileSync(file) }));
  const type = moduleType(dirname(main));
  if (type !== undefined && !bundled.some(({ path }) => path === "package.json"))
    bundled.push({ path: "package.json", bytes: new TextEncoder().encode(JSON.stringify({ private: true, type })) });
  return { main: pathIn(root, main), files: bundled, packages };
}

function commonFolder(files: readonly string[]): string {
  let folder = dirname(files[0] ?? "");
  while (!files.every((file) => !relative(folder, file).startsWith(".."))) folder = dirname(folder);
  return folder;
}

function pathIn(root: string, file: string): string {
  return relative(root, file).split(sep).join("/");
}

/** `type` of the nearest package.json. */
function moduleType(folder: string): string | undefined {
  const file = join(folder, "package.json");
  if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { readonly type?: string }).type;
  return dirname(folder) === folder ? undefined : moduleType(dirname(folder));
}
