import { isSource, isTest, isTestKit, manifests, packageOf, select, type Manifest } from "../file-kind.ts";
import { importsOf, npmPackage, vonkPackage } from "../imports.ts";
import type { Finding, Rule } from "../repository.ts";

const doors = new Set(["", "/spi", "/internal", "/testing", "/package.json"]);

/**
 * A package is entered only through its doors: `.`, `./spi`, `./internal` (not from examples and e2e), `./testing` (only from
 * tests and kits). What a package imports, its package.json declares.
 */
export const doorsRule: Rule = {
  name: "doors",
  check(repository) {
    const findings: Finding[] = [];
    const byName = manifests(repository);
    for (const file of select(repository, isSource)) {
      const own = packageOf(file.path);
      for (const { specifier, line } of importsOf(file)) {
        const message = doorProblem(file.path, specifier) ?? undeclared(own, specifier, byName.get(own ?? ""), file.path);
        if (message !== undefined) findings.push({ path: file.path, line, message });
      }
    }
    return findings;
  },
};

function doorProblem(path: string, specifier: string): string | undefined {
  const name = vonkPackage(specifier);
  if (name === undefined) return undefined;
  const door = specifier.slice(`@vonk/${name}`.length);
  if (!doors.has(door)) return `${specifier} is not a door; import from @vonk/${name}, /spi, /internal or /testing`;
  if (door === "/testing" && !isTest(path) && !isTestKit(path) && !path.startsWith("tools/"))
    return `${specifier} is for tests; this file ships`;
  if (door === "/internal" && /^(docs|e2e)\//.test(path)) return `${specifier} is for sibling packages; use a public door`;
  return undefined;
}

function undeclared(own: string | undefined, specifier: string, manifest: Manifest | undefined, path: string): string | undefined {
  const name = npmPackage(specifier);
  if (own === undefined || name === undefined || manifest === undefined || name === manifest.name) return undefined;
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  if (declared[name] !== undefined) return undefined;
  if (isTest(path) || path.endsWith("tsup.config.ts") || isTestKit(path)) return undefined;
  return `${name} is imported but not in the dependencies of packages/${own}/package.json`;
}
