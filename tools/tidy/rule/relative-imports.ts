import { isSource, packageOf, select } from "../file-kind.ts";
import { importsOf, resolveRelative } from "../imports.ts";
import type { Finding, Rule } from "../repository.ts";

/** A relative import names an existing file with its suffix and stays inside its package (packages' tsup.config.ts may reach tools/build). */
export const relativeImports: Rule = {
  name: "relative-imports",
  check(repository) {
    const findings: Finding[] = [];
    for (const file of select(repository, isSource)) {
      for (const { specifier, line } of importsOf(file)) {
        if (!specifier.startsWith(".")) continue;
        const target = resolveRelative(file, specifier);
        const leaves =
          packageOf(file.path) !== packageOf(`${target}/`) && !(file.path.endsWith("/tsup.config.ts") && target.startsWith("tools/build/"));
        if (leaves) findings.push({ path: file.path, line, message: `${specifier} leaves the package; import @vonk/… instead` });
        else if (/\.(ts|mjs|js|json)$/.test(specifier) && !repository.files.has(target))
          findings.push({ path: file.path, line, message: `${specifier} does not exist` });
        else if (!/\.[a-z]+$/.test(specifier)) findings.push({ path: file.path, line, message: `${specifier} needs its .ts suffix` });
      }
    }
    return findings;
  },
};
