import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** The little of esbuild's plugin interface that is needed; tsup hands the plugin to its own esbuild. */
interface Build {
  onLoad(filter: { filter: RegExp }, load: (file: { path: string }) => { contents: string; loader: "ts" } | undefined): void;
}

const workerURL = /new URL\(\s*"(\.{1,2}\/[^"]+)\.ts"\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/**
 * Turns `new URL("../executor/task-thread.ts", import.meta.url)` into the URL of the built file beside the bundle.
 * Sources name the file as it lies in `src` and run unbuilt; a URL of a file that is no entry fails the build.
 */
export function workerURLs(entries: Readonly<Record<string, string>>): { name: string; setup(build: Build): void } {
  return {
    name: "vonk-worker-urls",
    setup(build) {
      build.onLoad({ filter: /\/src\/.*\.ts$|\\src\\.*\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, "utf8");
        if (!source.includes("new URL(")) return undefined;
        return {
          contents: source.replace(workerURL, (_, target: string) => `new URL("./${entry(target, path, entries)}.js", import.meta.url)`),
          loader: "ts",
        };
      });
    },
  };
}

function entry(target: string, path: string, entries: Readonly<Record<string, string>>): string {
  const name = basename(target);
  if (entries[name] !== undefined) return name;
  throw new Error(
    `${path}: ${target}.ts is not an entry of its package; name it *.worker.ts or list it under "vonk": {"workers": [...]} in package.json`,
  );
}
