import { select } from "../file-kind.ts";
import type { Rule } from "../repository.ts";

const vague = /^(utils?|helpers?|types?|misc|common|shared|stuff|tools?)$/;

/** Sources are named by their one concept, in kebab-case; folders too. */
export const fileNames: Rule = {
  name: "file-names",
  check(repository) {
    const files = select(repository, (path) => /^(packages\/[^/]+\/(src|test|bench)|tools|e2e|docs\/examples)\/.*\.(ts|mjs)$/.test(path));
    return files.flatMap(({ path }) => {
      const parts = path.split("/").slice(path.startsWith("packages/") ? 3 : 1);
      const bad = parts.flatMap((part) => {
        const stem = part.replace(/(\.(property|test|test-d|worker|gen|config|bench|d))*\.(ts|mjs)$/, "");
        if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)) return [`${part} is not kebab-case`];
        return vague.test(stem) && part !== "types" ? [`${part} says nothing: name the concept`] : [];
      });
      return bad.map((message) => ({ path, line: 1, message }));
    });
  },
};
