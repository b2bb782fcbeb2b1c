import type { Options } from "tsup";
import { packageEntries } from "./package-entries.ts";
import { workerURLs } from "./worker-urls.ts";

/** How every package of the workspace is bundled: ES modules for Node 24, chunks shared between entries; types come from tsc. */
export function packageBuild(): Options {
  const entries = packageEntries(process.cwd());
  return {
    entry: entries,
    format: ["esm"],
    target: "node24",
    platform: "node",
    splitting: true,
    treeshake: false,
    sourcemap: false,
    dts: false,
    clean: true,
    silent: true,
    outDir: "dist",
    tsconfig: "tsconfig.json",
    esbuildPlugins: [workerURLs(entries)],
  };
}
