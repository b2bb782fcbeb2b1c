import { isSource, isTest, select } from "../file-kind.ts";
import { matches, type Rule } from "../repository.ts";

/** Exports are named: no `export default` (configuration files of tools and tests' fixtures aside) and no `export *`. */
export const namedExports: Rule = {
  name: "named-exports",
  check(repository) {
    const files = select(repository, (path) => isSource(path) && !isTest(path) && !path.endsWith(".config.ts"));
    return files.flatMap((file) =>
      matches(file, /\bexport\s+(default\b|\*)/g, (match) => `export ${match[1] ?? ""}: name what is exported`),
    );
  },
};
