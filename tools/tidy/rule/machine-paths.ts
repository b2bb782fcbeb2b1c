import { select } from "../file-kind.ts";
import { lineAt, type Finding, type Rule } from "../repository.ts";

// In pieces, so that this rule does not find itself.
const folders = ["home", "root", "Users", "work", "mnt"].join("|");
const absolute = new RegExp(`(?<![\\w.~@:/-])/(?:${folders})/[\\w.-]+`, "g");
const resolved = /"resolved":\s*"https?:/g;

/** Nothing committed names a folder of someone's machine or the host of a package registry. */
export const machinePaths: Rule = {
  name: "machine-paths",
  check(repository) {
    const findings: Finding[] = [];
    for (const file of select(repository, () => true)) {
      const pattern = file.path.endsWith("package-lock.json") ? resolved : absolute;
      for (const match of file.text.matchAll(pattern)) {
        findings.push({
          path: file.path,
          line: lineAt(file.text, match.index),
          message: `${match[0]} is of one machine; make it relative, an argument or a setting`,
        });
      }
    }
    return findings;
  },
};
