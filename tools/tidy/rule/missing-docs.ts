import { isSource, isTest, select } from "../file-kind.ts";
import { lineAt, type Rule } from "../repository.ts";

const exported = /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(function\*?|const|let|class|interface|type)\s+([\w$]+)/gm;

/** Every exported declaration has a docstring. Overloads and merged declarations of one name need one of them documented. */
export const missingDocs: Rule = {
  name: "missing-docs",
  check(repository) {
    return select(repository, (path) => isSource(path) && !isTest(path)).flatMap((file) => {
      const declared = Array.from(file.code.matchAll(exported), (match) => ({
        name: match[2] ?? "",
        line: lineAt(file.text, match.index),
        documented: /\*\/\s*$/.test(file.text.slice(0, match.index)),
      }));
      const seen = new Set(declared.filter((one) => one.documented).map((one) => one.name));
      return declared.flatMap(({ name, line }) => {
        if (seen.has(name)) return [];
        seen.add(name);
        return [{ path: file.path, line, message: `export ${name} has no docstring` }];
      });
    });
  },
};
