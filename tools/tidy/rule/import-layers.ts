import { isSource, manifests, packageOf, select } from "../file-kind.ts";
import { importsOf, vonkPackage } from "../imports.ts";
import { forbidden } from "../layers.ts";
import type { Finding, Rule } from "../repository.ts";

/** Packages import only downwards, in sources, in tests and in package.json, dev-dependencies included. */
export const importLayers: Rule = {
  name: "import-layers",
  check(repository) {
    const findings: Finding[] = [];
    for (const file of select(repository, (path) => isSource(path) && packageOf(path) !== undefined)) {
      const from = packageOf(file.path) ?? "";
      for (const { specifier, line } of importsOf(file)) {
        const to = vonkPackage(specifier);
        const why = to === undefined ? undefined : forbidden(from, to);
        if (why !== undefined) findings.push({ path: file.path, line, message: why });
      }
    }
    for (const [from, manifest] of manifests(repository)) {
      const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
      for (const name of Object.keys(all)) {
        const to = vonkPackage(name);
        const why = to === undefined ? undefined : forbidden(from, to);
        if (why !== undefined) findings.push({ path: `packages/${from}/package.json`, line: 1, message: why });
      }
    }
    return findings;
  },
};
