import { select } from "../file-kind.ts";
import { lineAt, type Rule } from "../repository.ts";

// Written in two halves so that this rule does not find itself.
const words = ["FIX" + "ME", "TO" + "DO", "HA" + "CK", "XX" + "X"];

/** Notes for later are issues, not comments. */
export const leftovers: Rule = {
  name: "leftovers",
  check(repository) {
    const pattern = new RegExp(`\\b(${words.join("|")})\\b`, "g");
    const files = select(repository, (path) => /\.(ts|mjs|md|json|scala|py|sh|yml)$/.test(path) && path !== "package-lock.json");
    return files.flatMap((file) =>
      Array.from(file.text.matchAll(pattern), (match) => ({
        path: file.path,
        line: lineAt(file.text, match.index),
        message: `${match[0]}: do it, or open an issue`,
      })),
    );
  },
};
