import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What of a package.json decides how the package is built. */
interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly vonk?: { readonly workers?: readonly string[] };
}

/**
 * Entry files of a package by the name of their bundle: each door of `exports`, each `src/bin/*.ts`, each `*.worker.ts`
 * and each file listed under `"vonk": {"workers": [...]}`. A door or worker whose source does not exist is an error.
 * All bundles lie side by side in `dist`, whatever folder their source is in, so that `new URL("./x.js", import.meta.url)`
 * means the same from every chunk.
 */
export function packageEntries(folder: string): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const entries: Record<string, string> = {};
  const add = (file: string): void => {
    const name = basename(file, ".ts");
    const other = entries[name];
    if (other !== undefined && other !== file)
      throw new Error(`${manifest.name}: ${other} and ${file} would both be built to dist/${name}.js; rename one`);
    entries[name] = file;
  };
  for (const target of Object.values(manifest.exports)) {
    if (typeof target !== "string" && target["@vonk/source"] !== undefined) add(target["@vonk/source"].replace(/^\.\//, ""));
  }
  for (const file of globSync(["src/bin/*.ts", "src/**/*.worker.ts"], { cwd: folder }))
    if (!file.endsWith(".test.ts")) add(file.replaceAll("\\", "/"));
  for (const file of manifest.vonk?.workers ?? []) add(file);
  return entries;
}
