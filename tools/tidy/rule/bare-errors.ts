import { isShipped, select } from "../file-kind.ts";
import { matches, type Rule } from "../repository.ts";

/** Shipped code throws errors with a code out of its package's registry. */
export const bareErrors: Rule = {
  name: "bare-errors",
  check(repository) {
    const pattern = /\bthrow\s+(?:new\s+)?((?:Type|Range|Syntax|Reference|Aggregate|Eval|URI)?Error)\s*\(/g;
    return select(repository, isShipped).flatMap((file) =>
      matches(file, pattern, (match) => `throw new ${match[1] ?? "Error"}: create the error by its code from the package's errors.ts`),
    );
  },
};
