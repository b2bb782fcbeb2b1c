import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packageFile = new URL("../../package.json", import.meta.url);
const { vonk } = JSON.parse(readFileSync(packageFile, "utf8")) as { readonly vonk: { readonly workers: readonly string[] } };

/** Packages that a module imports values from, itself or by modules of this package. */
function packagesOf(module: URL, seen: Set<string> = new Set(), found: Set<string> = new Set()): ReadonlySet<string> {
  if (seen.has(module.href)) return found;
  seen.add(module.href);
  for (const [, name = ""] of readFileSync(fileURLToPath(module), "utf8").matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gm)) {
    if (name.startsWith(".")) packagesOf(new URL(name, module), seen, found);
    else found.add(name);
  }
  return found;
}

test("tasks load neither the parser nor the optimizer, which take a thread longer to load than all the rest", () => {
  for (const worker of vonk.workers) {
    const packages = packagesOf(new URL(worker, packageFile));
    expect([worker, [...packages].filter((name) => name.startsWith("@vonk/catalyst"))]).toEqual([worker, []]);
  }
  expect([...packagesOf(new URL("../session/spark-session.ts", import.meta.url))]).toContain("@vonk/catalyst/internal");
});
