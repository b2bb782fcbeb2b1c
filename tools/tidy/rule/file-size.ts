import { isSource, isTest, select } from "../file-kind.ts";
import type { Rule } from "../repository.ts";

const linesMax = 800;

/** No hand-written source is longer than 800 lines; tests are exempt. Most should stay under 120. */
export const fileSize: Rule = {
  name: "file-size",
  check(repository) {
    const files = select(repository, (path) => isSource(path) && !isTest(path));
    const sizes = files.map((file) => ({ path: file.path, lines: file.text.split("\n").length - 1 }));
    return sizes
      .filter(({ lines }) => lines > linesMax)
      .map(({ path, lines }) => ({ path, line: linesMax, message: `${lines} lines, at most ${linesMax}: cut it along its nouns` }));
  },
};
