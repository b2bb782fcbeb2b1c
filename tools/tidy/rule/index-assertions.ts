import { isShipped, select } from "../file-kind.ts";
import { matches, type Rule } from "../repository.ts";

/** `!` after an index is for kernels, whose loops prove their bounds; elsewhere a missing element is handled. */
export const indexAssertions: Rule = {
  name: "index-assertions",
  check(repository) {
    const files = select(repository, (path) => isShipped(path) && !path.includes("/kernel/"));
    return files.flatMap((file) =>
      matches(file, /[\])]!(?![=])/g, () => "`!` on an index or a call: handle undefined, or move the loop to a kernel/ folder"),
    );
  },
};
