import type { Rule } from "../repository.ts";

const files = new Set([
  "LICENSE",
  "README.md",
  "nx.json",
  "package.json",
  "package-lock.json",
  "tsconfig.base.json",
  "tsconfig.json",
  "vitest.config.ts",
  "knip.json",
]);
const folders = new Set(["packages", "tools", "e2e", "docs"]);

/** The root holds packages, tools, e2e, docs, dotfiles, and what a tool insists on; nothing else. */
export const rootLayout: Rule = {
  name: "root-layout",
  check(repository) {
    const strangers = new Set<string>();
    for (const path of repository.files.keys()) {
      const top = path.split("/")[0] ?? "";
      const known = top.startsWith(".") || (top === path ? files.has(top) : folders.has(top));
      if (!known) strangers.add(top);
    }
    return Array.from(strangers, (top) => ({
      path: top,
      line: 1,
      message: `${top} does not belong at the root: packages, tools, e2e or docs`,
    }));
  },
};
