import { isSource, select } from "../file-kind.ts";
import { matches, type Rule } from "../repository.ts";

/** Nothing is typed `any`: unknown values are `unknown` until a codec has looked at them. */
export const noAny: Rule = {
  name: "no-any",
  check(repository) {
    return select(repository, isSource).flatMap((file) =>
      matches(file, /(?::|\bas|<|,|\|)\s*any\b(?!\s*[:(.])/g, () => "any: use unknown, a type parameter or the real type"),
    );
  },
};
