import { assert } from "@vonk/common/internal";
import type { ShuffleDependency } from "./dependency.ts";
import type { RDD } from "./rdd.ts";

/** The shuffle that a prepared RDD is the plain result of. */
export function shuffleOf(shuffled: RDD<unknown>): ShuffleDependency {
  const [dependency] = shuffled.prepared.dependencies;
  assert(dependency?.kind === "shuffle", "the RDD is what a shuffle gives");
  return dependency;
}
