import { isSource, isTest, select } from "../file-kind.ts";
import { functionsOf } from "../functions.ts";
import type { Finding, Repository, Rule } from "../repository.ts";

/** Functions may have this many lines. */
export const functionLinesMax = 70;

const ratchetPath = "tools/tidy/ratchet.json";

/** Functions over the limit with their lengths, as `path: name`; what the ratchet file records. */
export function longFunctions(repository: Repository): Map<string, { lines: number; path: string; line: number }> {
  const long = new Map<string, { lines: number; path: string; line: number }>();
  for (const file of select(repository, (path) => isSource(path) && !isTest(path))) {
    for (const { name, line, lines } of functionsOf(file.code)) {
      if (lines > functionLinesMax) long.set(`${file.path}: ${name}`, { lines, path: file.path, line });
    }
  }
  return long;
}

/** No function is longer than 70 lines, but for those in the ratchet file, which may only shrink. */
export const functionSize: Rule = {
  name: "function-size",
  check(repository) {
    const ratchet = JSON.parse(repository.files.get(ratchetPath)?.text ?? "{}") as Record<string, number>;
    const findings: Finding[] = [];
    const long = longFunctions(repository);
    for (const [key, { lines, path, line }] of long) {
      const most = ratchet[key] ?? functionLinesMax;
      if (lines > most) findings.push({ path, line, message: `${key.slice(path.length + 2)} has ${lines} lines, at most ${most}` });
    }
    for (const [key, most] of Object.entries(ratchet)) {
      const now = long.get(key)?.lines ?? 0;
      if (now < most)
        findings.push({
          path: ratchetPath,
          line: 1,
          message: `${key} has shrunk to ${now === 0 ? "the limit" : now}: run npm run tidy -- --ratchet`,
        });
    }
    return findings;
  },
};
