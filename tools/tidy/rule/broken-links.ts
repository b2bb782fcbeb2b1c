import { posix } from "node:path";
import { select } from "../file-kind.ts";
import { lineAt, type Finding, type Rule } from "../repository.ts";

/** Relative links in Markdown name files that exist. */
export const brokenLinks: Rule = {
  name: "broken-links",
  check(repository) {
    const folders = new Set<string>();
    for (const path of repository.files.keys()) for (let up = posix.dirname(path); up !== "."; up = posix.dirname(up)) folders.add(up);
    const findings: Finding[] = [];
    for (const file of select(repository, (path) => path.endsWith(".md"))) {
      for (const match of file.text.matchAll(/\]\(([^)\s#]+)(#[^)]*)?\)/g)) {
        const link = match[1] ?? "";
        if (/^[a-z]+:/.test(link)) continue;
        const target = posix.join(posix.dirname(file.path), decodeURIComponent(link)).replace(/\/$/, "");
        if (!repository.files.has(target) && !folders.has(target) && target !== ".") {
          findings.push({ path: file.path, line: lineAt(file.text, match.index), message: `${link} does not exist` });
        }
      }
    }
    return findings;
  },
};
